package main

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// comments tells which comments of the input are not in the output.
func (a *answer) comments(asked request) {
	function, spec := asked.Function, asked.Spec
	if documents, err := kustomize(asked.Before); err == nil {
		function, spec = configured(flat(documents), asked)
	}
	found := comments{function: function, spec: spec, lines: lines(asked.Before), must: map[string]bool{}}
	if !found.read(asked.Before) {
		return
	}
	a.Compared = append(a.Compared, "comments")
	after := lines(asked.After)
	for comment := range found.must {
		// What has the comment's text may be a line of a block scalar as well: it counts both times.
		if count(found.lines, comment)-count(found.gone, comment) > count(after, comment) {
			a.fault("comments", "%q is gone", comment)
		}
	}
}

// comments are those of a text. `must` are those that must stay; `gone` are the lines of what may go.
type comments struct {
	function string
	spec     map[string]any
	lines    []string
	must     map[string]bool
	gone     []string
}

// span is where a node stands: its first line, from 1 on, and the first one behind it.
type span struct{ start, end int }

func (c *comments) read(text string) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	decoder := kyaml.NewDecoder(strings.NewReader(text))
	var documents []*kyaml.Node
	for {
		node := &kyaml.Node{}
		err := decoder.Decode(node)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false
		}
		documents = append(documents, node)
	}
	for i, node := range documents {
		end := len(c.lines) + 1
		if i+1 < len(documents) {
			end = documents[i+1].Line
		}
		c.add(node)
		if len(node.Content) == 1 {
			c.document(node.Content[0], span{node.Line, end})
		}
	}
	return true
}

// document reads the comments of a document or an item: those of a list's items, by what each is.
func (c *comments) document(node *kyaml.Node, place span) {
	kind := valueOf(node, "kind")
	if kind == nil || kind.Value != "List" && kind.Value != "ResourceList" {
		c.item(node, place)
		return
	}
	c.add(node)
	for i := 1; i < len(node.Content); i += 2 {
		key, value, inner := node.Content[i-1], node.Content[i], childSpan(node, i, place)
		switch {
		case key.Value == "items" && value.Kind == kyaml.SequenceNode:
			c.add(key)
			c.add(value)
			for j, item := range value.Content {
				c.document(item, childSpan(value, j, inner))
			}
		case key.Value != "results":
			c.walk(key, nil, inner)
			c.walk(value, nil, inner)
		}
	}
}

func (c *comments) item(node *kyaml.Node, place span) {
	var data any
	if node.Decode(&data) != nil { // a key that is there twice, say: nobody knows what the item is
		c.lose(place)
		return
	}
	item, _ := plain(data).(object)
	switch {
	case c.function == "ConvertLeaderWorkerSet" && isSet(item) && node.Style&kyaml.FlowStyle != 0:
		c.lose(place) // a ModelServing in flow style has none; results name them
	case c.function == "ConvertLeaderWorkerSet" && isSet(item):
		c.set(node, nil, place)
	case c.function == "RenderModelServing" && (isRendered(item) || isServing(item) && c.spec["keepModelServing"] == false):
		c.lose(place)
	case c.function == "InjectLWS" && isPod(item), c.function == "ExpandLWSPlugin" && isServing(item):
		c.walk(node, []string{""}, place)
	default:
		c.walk(node, nil, place)
	}
}

// set adds the comments of what a ModelServing has of a LeaderWorkerSet; all else may go.
func (c *comments) set(node *kyaml.Node, path []string, place span) {
	if node.Kind != kyaml.MappingNode || slices.Contains(path, "spec") && len(path) > 3 {
		c.lose(place)
		return
	}
	start := place.start
	for i := 1; i < len(node.Content); i += 2 {
		key, inner := node.Content[i-1], childSpan(node, i, place)
		c.lose(span{start, inner.start})
		start = inner.end
		below := append(slices.Clone(path), key.Value)
		if !isCarried(below) {
			if slices.Contains(renamed, strings.Join(below, ".")) && node.Content[i].Tag != "!!null" {
				c.addLine(key.LineComment)
				c.addLine(node.Content[i].LineComment)
				inner.start++
			}
			c.set(node.Content[i], below, inner)
			continue
		}
		c.walk(node.Content[i], nil, inner)
		// Comments left of it, and those at its column, belong to something else.
		for _, line := range c.lines[inner.start-1 : inner.end-1] {
			words := strings.TrimLeft(line, " \t")
			if strings.HasPrefix(words, "#") && len(line)-len(words) < key.Column {
				c.gone = append(c.gone, line)
			}
		}
	}
	c.lose(span{start, place.end})
}

// isContract tells whether what stands at a path may go: keys of the contract, env vars of it and
// such as move to a plugin, and the plugin.
func isContract(path []string, node *kyaml.Node) bool {
	last := path[len(path)-1]
	if strings.HasPrefix(last, lws) || strings.HasPrefix(last, kthena+"lws") {
		return true
	}
	name, isEntry := strings.CutPrefix(last, "- ")
	if !isEntry || len(path) < 2 {
		return false
	}
	if path[len(path)-2] == "plugins" {
		return name == "lws" || name == "demo-pod-tweaks"
	}
	value := valueOf(node, "value")
	mayMove := slices.Contains(path, "workerTemplate") && (value == nil || strings.Contains(value.Value, "$("))
	return path[len(path)-2] == "env" &&
		(mayMove || slices.Contains(contractEnv, name) || slices.Contains(helpers, name))
}

// walk adds the comments of a node and of all below. With a path, what belongs to the contract may go.
func (c *comments) walk(node *kyaml.Node, path []string, place span) {
	c.add(node)
	for i, child := range node.Content {
		if c.function == "ConvertLeaderWorkerSet" && nameOfChild(node, i) == "<<" {
			c.lose(childSpan(node, i, place)) // written out, it is no merge
			continue
		}
		inner, below := childSpan(node, i, place), path
		if path != nil {
			below = append(slices.Clone(path), nameOfChild(node, i))
			if isContract(below, child) {
				c.lose(inner)
				continue
			}
			if node.Kind == kyaml.MappingNode && nameOfChild(node, i) == "plugins" && i%2 == 0 {
				// The key goes where no plugin is left.
				if entries := node.Content[i+1].Content; len(entries) > 0 {
					c.lose(span{inner.start, max(entries[0].Line, inner.start+1)})
				}
				continue
			}
		}
		c.walk(child, below, inner)
	}
}

func nameOfChild(node *kyaml.Node, i int) string {
	if node.Kind == kyaml.MappingNode {
		return node.Content[i-i%2].Value
	}
	if name := valueOf(node.Content[i], "name"); name != nil {
		return "- " + name.Value
	}
	return "- "
}

// childSpan is where a child stands: for a pair of a mapping, with its key.
func childSpan(node *kyaml.Node, i int, place span) span {
	next := i + 1
	if node.Kind == kyaml.MappingNode {
		i -= i % 2
		next = i + 2
	}
	inner := span{max(node.Content[i].Line, place.start), place.end}
	if next < len(node.Content) {
		inner.end = max(node.Content[next].Line, inner.start)
		if inner.end == inner.start {
			inner.end++ // in flow style, on one line
		}
	}
	return inner
}

// lose adds lines to those of what may go, with what stands above them between it and other content.
func (c *comments) lose(place span) {
	start, end := place.start-1, min(place.end-1, len(c.lines))
	for start > 0 && start <= len(c.lines) && slices.Contains([]string{"", "#", "-"}, firstOf(c.lines[start-1])) {
		start--
	}
	if start < end {
		c.gone = append(c.gone, c.lines[start:end]...)
	}
}

func firstOf(line string) string {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "- ") && !strings.HasPrefix(strings.TrimLeft(line, "- "), "#") {
		return line
	}
	return line[:min(len(line), 1)]
}

func (c *comments) add(node *kyaml.Node) {
	for _, comment := range []string{node.HeadComment, node.LineComment, node.FootComment} {
		for _, line := range strings.Split(comment, "\n") {
			c.addLine(line)
		}
	}
}

func (c *comments) addLine(comment string) {
	if comment = strings.TrimSpace(comment); strings.HasPrefix(comment, "#") {
		c.must[comment] = true
	}
}

// valueOf is the value at a key, one that a merge key brings included; nil where there is none.
func valueOf(node *kyaml.Node, name string) *kyaml.Node {
	if node.Kind == kyaml.AliasNode {
		node = node.Alias
	}
	var merged *kyaml.Node
	for i := 0; node.Kind == kyaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
		if node.Content[i].Value == "<<" && node.Content[i+1].Kind == kyaml.AliasNode && merged == nil {
			merged = valueOf(node.Content[i+1], name)
		}
	}
	return merged
}

var lineBreak = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")

func lines(text string) []string {
	return lineBreak.Split(strings.TrimPrefix(text, "\ufeff"), -1)
}

// count tells how many lines end in a comment.
func count(lines []string, comment string) (number int) {
	for _, line := range lines {
		before, ok := strings.CutSuffix(strings.TrimSpace(line), comment)
		if ok && (before == "" || strings.HasSuffix(before, " ") || strings.HasSuffix(before, "\t")) {
			number++
		}
	}
	return number
}
