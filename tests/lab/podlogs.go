package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// logKey names one log.
type logKey struct {
	pod, container string
	previous       bool
}

// logLine is a line as the container wrote it.
type logLine struct {
	at   string
	text string
}

// podLogs are the recorded lines and the kubelet's refusals.
type podLogs struct {
	lines      map[logKey][]logLine
	refusals   map[logKey]string
	containers map[string][]string
}

// entry is one line of a recorded stream.
type entry struct {
	Result struct {
		Content string `json:"content"`
		Last    bool   `json:"last"`
		At      string `json:"timeStampStr"`
		Pod     string `json:"podName"`
	} `json:"result"`
}

// noTime marks a line that is the kubelet's refusal.
const noTime = "0001-01-01T00:00:00Z"

func readPodLogs(answers []recorded) *podLogs {
	p := &podLogs{lines: map[logKey][]logLine{}, refusals: map[logKey]string{}, containers: map[string][]string{}}
	for _, answer := range answers {
		_, rest := answer.application()
		if rest != "logs" || answer.status != http.StatusOK {
			continue
		}
		query := answer.query
		p.add(answer.body, logKey{query.Get("podName"), query.Get("container"), query.Get("previous") == "true"})
	}
	for key, lines := range p.lines {
		sort.SliceStable(lines, func(a, b int) bool { return lines[a].at < lines[b].at })
		p.lines[key] = lines
	}
	return p
}

// add takes the lines of one stream in, each once.
func (p *podLogs) add(stream []byte, asked logKey) {
	for _, text := range strings.Split(string(stream), "\n") {
		var e entry
		if json.Unmarshal([]byte(text), &e) != nil || e.Result.Last {
			continue
		}
		line := e.Result
		if line.At == noTime {
			if asked.pod != "" {
				p.refusals[asked] = line.Content
			}
			continue
		}
		if line.Pod == "" {
			continue
		}
		key := logKey{line.Pod, asked.container, asked.previous}
		known := false
		for _, other := range p.lines[key] {
			known = known || other == logLine{line.At, line.Content}
		}
		if !known {
			p.lines[key] = append(p.lines[key], logLine{line.At, line.Content})
		}
	}
}

// learnContainers reads the names of each pod's containers from the live pods, else from the logs.
func (p *podLogs) learnContainers(live map[objectKey]json.RawMessage) {
	for key, text := range live {
		if key.plural != "pods" {
			continue
		}
		var pod struct {
			Spec struct {
				Containers []struct {
					Name string `json:"name"`
				} `json:"containers"`
			} `json:"spec"`
		}
		if json.Unmarshal(text, &pod) == nil {
			for _, container := range pod.Spec.Containers {
				p.containers[key.name] = append(p.containers[key.name], container.Name)
			}
		}
	}
}

// serve answers as the API server and the kubelet do.
func (p *podLogs) serve(w http.ResponseWriter, pod string, query url.Values) {
	key := logKey{pod, query.Get("container"), query.Get("previous") == "true"}
	containers := p.containers[pod]
	if key.container == "" && len(containers) > 1 {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, fmt.Sprintf("a container name must be specified for pod %s, choose one of: [%s]", pod, strings.Join(containers, " ")))
		return
	}
	lines, message := p.of(key)
	if message != "" {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, message)
		return
	}
	if since, err := strconv.Atoi(query.Get("sinceSeconds")); err == nil {
		from := time.Now().Add(-time.Duration(since) * time.Second).UTC().Format(time.RFC3339Nano)
		lines = filter(lines, func(line logLine) bool { return line.at >= from })
	}
	if from := query.Get("sinceTime"); from != "" {
		lines = filter(lines, func(line logLine) bool { return line.at >= from })
	}
	if tail, err := strconv.Atoi(query.Get("tailLines")); err == nil && tail >= 0 && tail < len(lines) {
		lines = lines[len(lines)-tail:]
	}
	w.Header().Set("Content-Type", "text/plain")
	for _, line := range lines {
		if query.Get("timestamps") == "true" {
			_, _ = fmt.Fprint(w, line.at, " ")
		}
		_, _ = fmt.Fprintln(w, line.text)
	}
}

// of finds a log, whether it was recorded by its container's name or without one.
func (p *podLogs) of(key logKey) ([]logLine, string) {
	names := append([]string{key.container, ""}, p.containers[key.pod]...)
	if key.container != "" {
		names = names[:2]
		if known := p.containers[key.pod]; len(known) > 0 && !contains(known, key.container) {
			return nil, fmt.Sprintf("container %s is not valid for pod %s", key.container, key.pod)
		}
		if len(p.containers[key.pod]) > 1 {
			names = names[:1]
		}
	}
	var lines []logLine
	for _, name := range names {
		at := logKey{key.pod, name, key.previous}
		if message := p.refusals[at]; message != "" {
			return nil, message
		}
		if len(p.lines[at]) > len(lines) {
			lines = p.lines[at]
		}
	}
	return lines, ""
}

func contains(list []string, wanted string) bool {
	for _, item := range list {
		if item == wanted {
			return true
		}
	}
	return false
}
