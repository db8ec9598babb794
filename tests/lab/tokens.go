package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// makeTokens logs the administrator in and has the server make every token that a test may use.
func makeTokens(url, adminPassword string) (map[string]string, error) {
	m := &maker{url: url, client: anyCertificate()}
	tokens := map[string]string{}
	admin, err := m.post("/api/v1/session", map[string]any{"username": "admin", "password": adminPassword})
	if err != nil {
		return nil, err
	}
	m.token, tokens["admin"] = admin, admin
	for _, account := range []string{"ci", "viewer", "nobody"} {
		if tokens[account], err = m.account(account, "test", 0); err != nil {
			return nil, err
		}
	}
	if tokens["proj-payments-ci-bot"], err = m.post("/api/v1/projects/payments/roles/ci-bot/token", map[string]any{"id": "pipeline"}); err != nil {
		return nil, err
	}
	if tokens["revoked"], err = m.account("ci", "revoked", 0); err != nil {
		return nil, err
	}
	if _, err = m.send(http.MethodDelete, "/api/v1/account/ci/token/revoked", nil); err != nil {
		return nil, err
	}
	if tokens["expired"], err = m.account("ci", "expired", 1); err != nil {
		return nil, err
	}
	return tokens, m.refused(tokens["expired"])
}

// maker talks to the server as an administrator.
type maker struct {
	url, token string
	client     *http.Client
}

func (m *maker) account(name, id string, seconds int) (string, error) {
	return m.post("/api/v1/account/"+name+"/token", map[string]any{"id": id, "expiresIn": seconds})
}

func (m *maker) post(path string, body any) (string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	answer, err := m.send(http.MethodPost, path, text)
	if err != nil {
		return "", err
	}
	var got struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal(answer, &got); err != nil || got.Token == "" {
		return "", fmt.Errorf("POST %s: no token in the answer", path)
	}
	return got.Token, nil
}

func (m *maker) send(method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequest(method, m.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if m.token != "" {
		request.Header.Set("Authorization", "Bearer "+m.token)
	}
	response, err := m.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	return answer, err
}

// refused waits until a token that expires in a second has done so.
func (m *maker) refused(token string) error {
	m.token = token
	for range 100 {
		answer, err := m.send(http.MethodGet, "/api/v1/session/userinfo", nil)
		if err != nil {
			return err
		}
		if !bytes.Contains(answer, []byte(`"loggedIn":true`)) {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("a token that expires in a second is still good")
}
