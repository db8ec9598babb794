package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// recorded is one answer of the full installation.
type recorded struct {
	path   []string
	query  url.Values
	status int
	body   []byte
}

// row is a line of an index.json.
type row struct {
	Request string            `json:"request"`
	As      string            `json:"as"`
	Status  int               `json:"status"`
	File    string            `json:"file"`
	Headers map[string]string `json:"requestHeaders"`
}

// Answers of a server in another state than the one that is rebuilt here.
var otherServers = []string{"cold-cache-", "rootpath-", "prefix-not-", "tls-port-"}

// readRecorded reads what the read-only account got, `_server` first, and every log.
func readRecorded(folder string) ([]recorded, error) {
	indexes, err := filepath.Glob(filepath.Join(folder, "*", "index.json"))
	if err != nil || len(indexes) == 0 {
		return nil, fmt.Errorf("no recorded answers in %q", folder)
	}
	var answers []recorded
	for _, index := range indexes {
		text, err := os.ReadFile(index)
		if err != nil {
			return nil, err
		}
		var rows []row
		if err := json.Unmarshal(text, &rows); err != nil {
			return nil, fmt.Errorf("%s: %w", index, err)
		}
		for _, r := range rows {
			answer, used, err := r.read(filepath.Dir(index))
			if err != nil {
				return nil, err
			}
			if used {
				answers = append(answers, answer)
			}
		}
	}
	return answers, nil
}

func (r row) read(folder string) (recorded, bool, error) {
	target, isGet := strings.CutPrefix(r.Request, "GET ")
	// Lines of a log are the same for everybody who may read them.
	isLog := r.Status == http.StatusOK && strings.Contains(target, "/logs")
	if !isGet || r.As != "ci" && !isLog || len(r.Headers) > 0 {
		return recorded{}, false, nil
	}
	for _, start := range otherServers {
		if strings.HasPrefix(r.File, start) {
			return recorded{}, false, nil
		}
	}
	parsed, err := url.Parse(target)
	if err != nil {
		return recorded{}, false, err
	}
	body, err := os.ReadFile(filepath.Join(folder, r.File))
	if err != nil {
		return recorded{}, false, err
	}
	var path []string
	for _, segment := range strings.Split(strings.TrimPrefix(parsed.EscapedPath(), "/"), "/") {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return recorded{}, false, err
		}
		path = append(path, decoded)
	}
	return recorded{path: path, query: parsed.Query(), status: r.Status, body: body}, true, nil
}

// application is the name and the rest of the path below it, for answers about one application.
func (r recorded) application() (key, rest string) {
	if len(r.path) < 4 || r.path[2] != "applications" {
		return "", ""
	}
	return appKey(r.query.Get("appNamespace"), r.path[3]), strings.Join(r.path[4:], "/")
}

// good decodes the first answer with status 200 to a path without a query.
func good(answers []recorded, path string, into any) error {
	for _, answer := range answers {
		if answer.status == 200 && len(answer.query) == 0 && "/"+strings.Join(answer.path, "/") == path {
			return json.Unmarshal(answer.body, into)
		}
	}
	return fmt.Errorf("nothing is recorded for %s", path)
}

// failure is the message of a recorded error.
func (r recorded) failure() string {
	var body struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(r.body, &body)
	return body.Message
}

// appKey is how Argo CD's cache and repo-server name an application.
func appKey(appNamespace, name string) string {
	if appNamespace == "" || appNamespace == namespace {
		return name
	}
	return appNamespace + "_" + name
}
