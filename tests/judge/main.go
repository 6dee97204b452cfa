// Command modelserving-lws-judge says what two YAML readers of Kubernetes make of texts: kubectl's
// (sigs.k8s.io/yaml) and that of kustomize and kpt (kyaml).
//
// It reads requests on stdin, a JSON object a line, and answers each with a line of JSON. There are
// two kinds:
//
//	{"text": "a: b\n", "want": [{"a": "b"}]}
//	{"function": "InjectLWS", "spec": {}, "before": "...", "after": "..."}
//
// The first asks whether the documents of a text are this data to both readers. The second asks
// whether a run of a function made of `before` what it promises: whatever it has no business with
// is the same data, the rest differs by the LWS contract alone, comments are still there, and what
// could be read before can be read after. Without a function, nothing may change. The answer is
//
//	{"faults": ["..."], "compared": ["kubectl", "kyaml"]}
//
// where `compared` names the readers that read `before`, or the text, and so had something to say.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

type request struct {
	Text     string          `json:"text"`
	Want     json.RawMessage `json:"want"`
	Function string          `json:"function"`
	Spec     map[string]any  `json:"spec"`
	Before   string          `json:"before"`
	After    string          `json:"after"`
}

type answer struct {
	Faults   []string `json:"faults"`
	Compared []string `json:"compared"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for decoder.More() {
		var asked request
		if err := decoder.Decode(&asked); err != nil {
			fmt.Fprintln(os.Stderr, "no request:", err)
			os.Exit(1)
		}
		found := answer{Faults: []string{}, Compared: []string{}}
		if asked.Want != nil {
			found.read(asked)
		} else {
			found.judge(asked)
		}
		err := encoder.Encode(found)
		if err == nil {
			err = out.Flush()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func (a *answer) fault(reader, format string, values ...any) {
	text := reader + ": " + fmt.Sprintf(format, values...)
	if !slices.Contains(a.Faults, text) {
		a.Faults = append(a.Faults, text)
	}
}

// read compares the documents of a text with the data that is wanted.
func (a *answer) read(asked request) {
	want, err := jsonData(asked.Want)
	if err != nil {
		a.fault("request", "%v", err)
		return
	}
	for _, reader := range readers {
		documents, err := reader.read(asked.Text)
		if err != nil {
			a.fault(reader.name, "no YAML: %v", err)
			continue
		}
		a.Compared = append(a.Compared, reader.name)
		if path, ok := differs(want, any(documents)); ok {
			a.fault(reader.name, "%s", path)
		}
	}
}

// judge compares what a run made of a text with what it promises.
func (a *answer) judge(asked request) {
	for _, reader := range readers {
		before, err := reader.read(asked.Before)
		if err != nil || reader.name == "kubectl" && mergesDiffer(asked.Before, before) {
			continue
		}
		a.Compared = append(a.Compared, reader.name)
		after, err := reader.read(asked.After)
		if err != nil {
			a.fault(reader.name, "the output is no YAML: %v", err)
			continue
		}
		leaves := flat(before)
		function, spec := configured(leaves, asked)
		run := &run{answer: a, reader: reader.name, spec: spec}
		run.compare(function, leaves, flat(after))
	}
	if err := hostReads(asked.Before); err == nil && !otherSeparator.MatchString(asked.Before) {
		a.Compared = append(a.Compared, "kio")
		if err := hostReads(asked.After); err != nil {
			a.fault("kio", "kustomize and kpt can't read the output: %v", err)
		}
	}
	a.comments(asked)
}

// otherSeparator is one that kyaml's readers of streams take for text of the document before it, of
// which they read nothing then.
var otherSeparator = regexp.MustCompile("[\u0085\u2028\u2029]---")

// mergesDiffer tells whether kubectl means something else by a merge key than YAML does: that a key
// which stands before it gives way.
func mergesDiffer(text string, documents []any) bool {
	if !strings.Contains(text, "<<") {
		return false
	}
	others, err := kustomize(text)
	return err != nil || !equal(any(documents), any(others))
}
