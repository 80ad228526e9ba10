// receiver.go: WEBHOOK_SECRET=… PORT=8080 go run receiver.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var secret = os.Getenv("WEBHOOK_SECRET")
var processed sync.Map // a table with a unique key, in earnest

func sum(key, text []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return mac.Sum(nil)
}

func isGenuine(header http.Header, rawBody []byte) bool {
	key := []byte(secret)
	if rest, found := strings.CutPrefix(secret, "whsec_"); found {
		key, _ = base64.StdEncoding.DecodeString(rest)
	}
	stamp := header.Get("webhook-timestamp")
	seconds, err := strconv.ParseUint(stamp, 10, 40)
	if err != nil || len(key) == 0 {
		return false
	}
	if away := time.Now().Unix() - int64(seconds); away > 300 || away < -300 {
		return false
	}
	signed := append([]byte(header.Get("webhook-id")+"."+stamp+"."), rawBody...)
	mac := base64.StdEncoding.EncodeToString(sum(key, signed))
	if !hasOne(strings.Split(header.Get("webhook-signature"), " "), "v1,"+mac) {
		return false
	}
	plain := append(header.Values("X-Webhook-Signature"), header.Values("X-Webhook-Signature-Previous")...)
	return len(plain) == 0 || hasOne(plain, "sha256="+hex.EncodeToString(sum([]byte(secret), rawBody)))
}

// While a secret is being replaced there are two signatures, one of each.
func hasOne(given []string, expected string) bool {
	found := false
	for _, each := range given {
		found = hmac.Equal([]byte(each), []byte(expected)) || found
	}
	return found
}

func receive(response http.ResponseWriter, request *http.Request) {
	rawBody, err := io.ReadAll(http.MaxBytesReader(response, request.Body, 1_000_000))
	if err != nil || !isGenuine(request.Header, rawBody) {
		response.WriteHeader(http.StatusUnauthorized)
		return
	}
	var event struct {
		ID    string         `json:"id"`
		Event string         `json:"event"`
		Data  map[string]any `json:"data"`
	}
	if json.Unmarshal(rawBody, &event) == nil {
		if _, known := processed.LoadOrStore(event.ID, true); !known {
			fmt.Println(event.Event, event.Data["sequence"])
		}
	}
	response.WriteHeader(http.StatusNoContent)
}

func main() {
	listener, err := net.Listen("tcp", ":"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on port", listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, http.HandlerFunc(receive)))
}
