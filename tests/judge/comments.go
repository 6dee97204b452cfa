package main

import (
	"errors"
	"io"
	"slices"
	"strings"

	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// comments tells which comments of the input are not in the output.
func (a *answer) comments(asked request) {
	found := comments{function: asked.Function, spec: asked.Spec, must: map[string]int{}, may: map[string]int{}}
	if !found.read(asked.Before) {
		return
	}
	a.Compared = append(a.Compared, "comments")
	before, after := lines(asked.Before), lines(asked.After)
	for comment := range found.must {
		// What has the comment's text may be a line of a block scalar as well: it counts both times.
		if count(before, comment)-found.may[comment] > count(after, comment) {
			a.fault("comments", "%q is gone", comment)
		}
	}
}

// comments are those of a text, by whether they must stay or may go with what they belong to.
type comments struct {
	function  string
	spec      map[string]any
	must, may map[string]int
}

func (c *comments) read(text string) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	decoder := kyaml.NewDecoder(strings.NewReader(text))
	for {
		node := &kyaml.Node{}
		err := decoder.Decode(node)
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return false
		}
		c.document(node)
	}
}

// document reads the comments of a document: those of its items, by what each is.
func (c *comments) document(node *kyaml.Node) {
	if node.Kind == kyaml.DocumentNode && len(node.Content) == 1 {
		c.add(node, true)
		c.document(node.Content[0])
		return
	}
	items := valueOf(node, "items")
	kind := valueOf(node, "kind")
	if items == nil || items.Kind != kyaml.SequenceNode || kind == nil || kind.Value != "List" && kind.Value != "ResourceList" {
		c.item(node)
		return
	}
	c.add(node, true)
	for i, child := range node.Content {
		if child == items {
			c.add(child, true)
			for _, item := range child.Content {
				c.document(item)
			}
		} else if i%2 == 1 && node.Content[i-1].Value == "results" {
			c.walk(child, nil, func([]string, *kyaml.Node) bool { return false })
		} else {
			c.walk(child, nil, func([]string, *kyaml.Node) bool { return true })
		}
	}
}

func (c *comments) item(node *kyaml.Node) {
	var data any
	_ = node.Decode(&data)
	item, _ := plain(data).(object)
	must := func([]string, *kyaml.Node) bool { return true }
	switch {
	case c.function == "InjectLWS" && isPod(item), c.function == "ExpandLWSPlugin" && isServing(item):
		must = func(path []string, node *kyaml.Node) bool { return !isContract(path, node) }
	case c.function == "ConvertLeaderWorkerSet" && isSet(item):
		must = func(path []string, _ *kyaml.Node) bool { return isCarried(path) }
	case c.function == "RenderModelServing" && (isRendered(item) || isServing(item) && c.spec["keepModelServing"] == false):
		must = func([]string, *kyaml.Node) bool { return false }
	}
	c.walk(node, nil, must)
}

// isContract tells whether what stands at a path may go: keys of the contract, env vars of it and
// such as move to a plugin, and the plugin.
func isContract(path []string, node *kyaml.Node) bool {
	if len(path) == 0 {
		return false
	}
	last := path[len(path)-1]
	if strings.HasPrefix(last, lws) || strings.HasPrefix(last, kthena+"lws") || last == "plugins" {
		return true
	}
	name, isEntry := strings.CutPrefix(last, "- ")
	if !isEntry || len(path) < 2 || path[len(path)-2] != "env" {
		return false
	}
	value := valueOf(node, "value")
	mayMove := slices.Contains(path, "workerTemplate") && (value == nil || strings.Contains(value.Value, "$("))
	return mayMove || slices.Contains(contractEnv, name) || slices.Contains(helpers, name)
}

// walk adds the comments of a node and of all below; `must` tells of each node whether they stay.
func (c *comments) walk(node *kyaml.Node, path []string, must func([]string, *kyaml.Node) bool) {
	stays := must(path, node)
	c.add(node, stays)
	for i, child := range node.Content {
		below := path
		if node.Kind == kyaml.MappingNode {
			below = append(slices.Clone(path), node.Content[i-i%2].Value)
		} else if node.Kind == kyaml.SequenceNode {
			below = append(slices.Clone(path), "- "+nameOf(child))
		}
		if stays || c.function == "ConvertLeaderWorkerSet" {
			c.walk(child, below, must)
		} else {
			c.walk(child, below, func([]string, *kyaml.Node) bool { return false })
		}
	}
}

func (c *comments) add(node *kyaml.Node, must bool) {
	for _, comment := range []string{node.HeadComment, node.LineComment, node.FootComment} {
		for _, line := range strings.Split(comment, "\n") {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
				if must {
					c.must[line]++
				} else {
					c.may[line]++
				}
			}
		}
	}
}

func valueOf(node *kyaml.Node, name string) *kyaml.Node {
	if node.Kind != kyaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
	}
	return nil
}

func nameOf(entry *kyaml.Node) string {
	if name := valueOf(entry, "name"); name != nil {
		return name.Value
	}
	return ""
}

func lines(text string) []string {
	found := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("\n\r\u0085\u2028\u2029", c) })
	for i, line := range found {
		found[i] = strings.TrimSpace(line)
	}
	return found
}

// count tells how many lines end in a comment.
func count(lines []string, comment string) (number int) {
	for _, line := range lines {
		before, ok := strings.CutSuffix(line, comment)
		if ok && (before == "" || strings.HasSuffix(before, " ") || strings.HasSuffix(before, "\t")) {
			number++
		}
	}
	return number
}
