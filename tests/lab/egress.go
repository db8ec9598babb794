package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// unreachable is what the recordings say of the cluster that refuses connections.
const unreachable = "dial tcp 10.40.0.30:6443: connect: connection refused"

// reachOnly points the process at the stub: the cluster that Argo CD runs in by its kubeconfig, the
// other one through a proxy. The proxy connects to nobody else, so the lab never leaves loopback.
func reachOnly(cluster *runningCluster, folder string) error {
	config := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: lab\ncontexts:\n- {name: lab, context: {cluster: lab, user: lab}}\nclusters:\n- {name: lab, cluster: {server: %q}}\nusers:\n- {name: lab, user: {}}\n", cluster.plain)
	path := filepath.Join(folder, "kubeconfig")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return err
	}
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() {
		for {
			connection, err := proxy.Accept()
			if err != nil {
				return
			}
			go tunnel(connection, cluster.tls)
		}
	}()
	address := "http://" + proxy.Addr().String()
	for name, value := range map[string]string{
		"KUBECONFIG": path, "ARGOCD_FAKE_IN_CLUSTER": "true", "ARGOCD_GPG_ENABLED": "false",
		"HTTPS_PROXY": address, "HTTP_PROXY": address, "NO_PROXY": "127.0.0.1,localhost",
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// tunnel joins a CONNECT for the reachable cluster with the stub, and refuses every other one.
func tunnel(connection net.Conn, stub string) {
	defer func() { _ = connection.Close() }()
	reader := bufio.NewReader(connection)
	request, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	if request.Method != http.MethodConnect || request.Host != reachable+":6443" {
		// Go's client reports the words behind the status as the error.
		_, _ = fmt.Fprintf(connection, "HTTP/1.1 502 %s\r\nContent-Length: 0\r\n\r\n", unreachable)
		return
	}
	upstream, err := net.Dial("tcp", stub)
	if err != nil {
		return
	}
	defer func() { _ = upstream.Close() }()
	_, _ = io.WriteString(connection, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(upstream, reader) }()
	_, _ = io.Copy(connection, upstream)
}
