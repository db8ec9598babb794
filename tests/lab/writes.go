package main

import (
	"encoding/json"
	"net/http"
	"sync"

	clienttesting "k8s.io/client-go/testing"
)

// write is one change that the server made to the objects behind it.
type write struct {
	Verb      string `json:"verb"`
	Resource  string `json:"resource"`
	Namespace string `json:"namespace"`
	Name      string `json:"name,omitempty"`
}

// writes records every verb but reading ones, so that a client can be shown to have caused none.
type writes struct {
	lock sync.Mutex
	list []write
}

// watch is a reactor: it records and leaves the action to the next one.
func (w *writes) watch(action clienttesting.Action) {
	switch action.GetVerb() {
	case "get", "list", "watch":
		return
	}
	entry := write{Verb: action.GetVerb(), Resource: action.GetResource().Resource, Namespace: action.GetNamespace()}
	if named, ok := action.(interface{ GetName() string }); ok {
		entry.Name = named.GetName()
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	w.list = append(w.list, entry)
}

// forget leaves out what the start itself wrote: tokens, defaults.
func (w *writes) forget() {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.list = nil
}

func (w *writes) ServeHTTP(response http.ResponseWriter, _ *http.Request) {
	w.lock.Lock()
	list := append([]write{}, w.list...)
	w.lock.Unlock()
	response.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(response).Encode(list)
}
