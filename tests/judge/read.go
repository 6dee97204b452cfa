package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"sort"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// reader gives the documents of a text, empty ones left out.
type reader struct {
	name string
	read func(text string) ([]any, error)
}

var readers = []reader{{"kubectl", kubectl}, {"kyaml", kustomize}}

// marker is a line that starts a document, behind the line break before it.
var marker = regexp.MustCompile("[\n\r\u0085\u2028\u2029](---)(?:[ \t\n\r\u0085\u2028\u2029]|$)")

// kubectl reads as kubectl does: each document by sigs.k8s.io/yaml, as JSON.
func kubectl(text string) (documents []any, err error) {
	for text != "" {
		end := len(text)
		if place := marker.FindStringSubmatchIndex(text); place != nil {
			end = place[2]
		}
		part := text[:end]
		text = text[end:]
		content, err := yaml.YAMLToJSON([]byte(part))
		if err != nil {
			return nil, err
		}
		document, err := jsonData(content)
		if err != nil {
			return nil, err
		}
		if document != nil {
			documents = append(documents, document)
		}
	}
	return documents, nil
}

// kustomize reads as kustomize and kpt do, by kyaml's go-yaml.
func kustomize(text string) (documents []any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("go-yaml panics: %v", problem)
		}
	}()
	decoder := kyaml.NewDecoder(strings.NewReader(text))
	for {
		var document any
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		if document != nil {
			documents = append(documents, plain(document))
		}
	}
}

// hostReads tells whether kustomize and kpt can read a text as the input or output of a function.
func hostReads(text string) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("kyaml panics: %v", problem)
		}
	}()
	_, err = (&kio.ByteReader{Reader: strings.NewReader(text), OmitReaderAnnotations: true}).Read()
	return err
}

func jsonData(content []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var data any
	err := decoder.Decode(&data)
	return plain(data), err
}

// plain makes data of both readers comparable: keys are strings, integers int64 or float64.
func plain(data any) any {
	switch data := data.(type) {
	case map[string]any:
		made := make(map[string]any, len(data))
		for key, value := range data {
			made[key] = plain(value)
		}
		return made
	case map[any]any:
		made := make(map[string]any, len(data))
		for key, value := range data {
			made[fmt.Sprint(key)] = plain(value)
		}
		return made
	case []any:
		made := make([]any, len(data))
		for i, value := range data {
			made[i] = plain(value)
		}
		return made
	case json.Number:
		if number, err := data.Int64(); err == nil {
			return number
		}
		number, _ := data.Float64()
		return number
	case int:
		return int64(data)
	case uint64:
		return float64(data)
	case time.Time:
		return "a time: " + data.String()
	}
	return data
}

// differs tells whether data is not what is wanted, and where and how.
func differs(want, found any) (string, bool) {
	switch want := want.(type) {
	case map[string]any:
		other, ok := found.(map[string]any)
		if !ok {
			return unlike(want, found), true
		}
		for _, key := range keysOf(want, other) {
			value, ok := want[key]
			if !ok {
				return fmt.Sprintf(".%s is new: %s", key, short(other[key])), true
			}
			there, ok := other[key]
			if !ok {
				return fmt.Sprintf(".%s is gone, was %s", key, short(value)), true
			}
			if path, ok := differs(value, there); ok {
				return "." + key + path, true
			}
		}
		return "", false
	case []any:
		other, ok := found.([]any)
		if !ok {
			return unlike(want, found), true
		}
		for i := 0; i < len(want) && i < len(other); i++ {
			if path, ok := differs(want[i], other[i]); ok {
				return fmt.Sprintf("[%d]%s", i, path), true
			}
		}
		if len(want) != len(other) {
			return fmt.Sprintf(" has %d entries in place of %d", len(other), len(want)), true
		}
		return "", false
	case float64:
		if other, ok := found.(float64); ok && (other == want || math.IsNaN(other) && math.IsNaN(want)) {
			return "", false
		}
		return unlike(want, found), true
	case nil, string, bool, int64:
		if want == found {
			return "", false
		}
	}
	return unlike(want, found), true
}

func equal(one, other any) bool {
	_, ok := differs(one, other)
	return !ok
}

func unlike(want, found any) string {
	return fmt.Sprintf(" is %s in place of %s", short(found), short(want))
}

func short(data any) string {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Sprint(data)
	}
	if len(text) > 200 {
		return string(text[:200]) + "..."
	}
	return string(text)
}

func keysOf(one, other map[string]any) []string {
	keys := make([]string, 0, len(one)+len(other))
	for key := range one {
		keys = append(keys, key)
	}
	for key := range other {
		if _, ok := one[key]; !ok {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	return keys
}
