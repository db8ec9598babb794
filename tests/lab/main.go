// Command lab starts Argo CD's own API server on loopback, over objects that were recorded from a
// full installation. It prints one line of JSON when it is ready, and ends when stdin does.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"
)

// options is what a test may choose.
type options struct {
	fixtures     string
	generated    string
	keepRecorded bool
	pad          int
	rootPath     string
	tls          bool
	session      time.Duration
	accounts     accountList
	verbose      bool
}

// accountList collects --account NAME=PASSWORD.
type accountList map[string]string

func (a accountList) String() string { return fmt.Sprint(len(a)) }

func (a accountList) Set(text string) error {
	name, password, found := strings.Cut(text, "=")
	if !found || name == "" {
		return fmt.Errorf("an account is NAME=PASSWORD")
	}
	a[name] = password
	return nil
}

func parse() options {
	o := options{accounts: accountList{}}
	flag.StringVar(&o.fixtures, "fixtures", "", "folder of the recorded answers")
	flag.StringVar(&o.generated, "generated", "", "file with an application list, served in place of the recorded one")
	flag.BoolVar(&o.keepRecorded, "keep-recorded", false, "serve the recorded applications beside the generated ones")
	flag.IntVar(&o.pad, "pad", 0, "bytes that each generated application is made heavier by")
	flag.StringVar(&o.rootPath, "rootpath", "", "path prefix, as argocd-server --rootpath")
	flag.BoolVar(&o.tls, "tls", false, "TLS with a certificate of a CA made for this run")
	flag.DurationVar(&o.session, "session", 24*time.Hour, "how long a login is good")
	flag.Var(o.accounts, "account", "NAME=PASSWORD of an account that reads everything; repeatable")
	flag.BoolVar(&o.verbose, "verbose", false, "log to standard error")
	flag.Parse()
	return o
}

func main() {
	o := parse()
	logrus.SetOutput(io.Discard)
	if o.verbose {
		logrus.SetOutput(os.Stderr)
	}
	lab, err := start(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(lab); err != nil {
		os.Exit(1)
	}
	ended := make(chan struct{})
	go func() {
		// Whatever ends stdin ends the lab: no lab outlives its test.
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	select {
	case <-ended:
	case <-signals:
	}
	_ = os.RemoveAll(lab.folder)
}
