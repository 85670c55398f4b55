// pion_peer whip URL FILE SECONDS | whep URL FILE SECONDS
//
// A WebRTC peer on pion, with the bearer token in the environment variable TOKEN and, in PROFILE, the one SRTP protection profile that it
// offers (gcm, cm; pion's own choice when absent). `whip` publishes the frames of the file, again and again; `whep` writes what it hears into
// the file (frames of Opus, each behind its length in two bytes: see opus_frames.py). Both leave by DELETE after so many seconds of media
// and print one JSON object: the statuses of the requests, the location, the entity tag, the offer, and what came and went.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v2"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc"
	"github.com/pion/webrtc/pkg/media"
)

func demand(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// call makes one request and answers its status, headers and body.
func call(method, address, body string) (int, http.Header, string) {
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	demand(err)
	request.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
	if body != "" {
		request.Header.Set("Content-Type", "application/sdp")
	}
	client := http.Client{Timeout: 10 * time.Second}
	reply, err := client.Do(request)
	demand(err)
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	demand(err)
	return reply.StatusCode, reply.Header, string(text)
}

// frames are the Opus frames of a file.
func frames(path string) [][]byte {
	bytes, err := os.ReadFile(path)
	demand(err)
	var list [][]byte
	for len(bytes) > 2 {
		length := int(binary.BigEndian.Uint16(bytes))
		list = append(list, bytes[2:2+length])
		bytes = bytes[2+length:]
	}
	return list
}

func makeAPI() *webrtc.API {
	engine := &webrtc.MediaEngine{}
	demand(engine.RegisterDefaultCodecs())
	registry := &interceptor.Registry{}
	demand(webrtc.ConfigureTWCCHeaderExtensionSender(engine, registry))
	demand(webrtc.RegisterDefaultInterceptors(engine, registry))
	settings := webrtc.SettingEngine{}
	// The rig's rooms are on the loopback interface.
	settings.SetIncludeLoopbackCandidate(true)
	switch os.Getenv("PROFILE") {
	case "gcm":
		settings.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM)
	case "cm":
		settings.SetSRTPProtectionProfiles(dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(settings))
}

// publish sends the frames at their pace until the time is up; answers how many.
func publish(track *webrtc.TrackLocalStaticSample, list [][]byte, until time.Time) int {
	sent := 0
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for time.Now().Before(until) {
		<-ticker.C
		demand(track.WriteSample(media.Sample{Data: list[sent%len(list)], Duration: 20 * time.Millisecond}))
		sent++
	}
	return sent
}

func main() {
	kind, address, path := os.Args[1], os.Args[2], os.Args[3]
	seconds, err := strconv.ParseFloat(os.Args[4], 64)
	demand(err)
	duration := time.Duration(seconds * float64(time.Second))

	connection, err := makeAPI().NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle})
	demand(err)
	connected := make(chan struct{})
	connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			close(connected)
		}
	})
	var received, lost, feedback int64
	var track *webrtc.TrackLocalStaticSample
	var output *os.File
	if kind == "whip" {
		track, err = webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "audio", "pion")
		demand(err)
		sender, err := connection.AddTrack(track)
		demand(err)
		go func() {
			for {
				packets, _, err := sender.ReadRTCP()
				if err != nil {
					return
				}
				for _, packet := range packets {
					if _, isFeedback := packet.(*rtcp.TransportLayerCC); isFeedback {
						atomic.AddInt64(&feedback, 1)
					}
				}
			}
		}()
	} else {
		output, err = os.Create(path)
		demand(err)
		_, err = connection.AddTransceiverFromKind(
			webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		demand(err)
		connection.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
			var last uint16
			for {
				packet, _, err := remote.ReadRTP()
				if err != nil {
					return
				}
				if received > 0 {
					atomic.AddInt64(&lost, int64(packet.SequenceNumber-last)-1)
				}
				last = packet.SequenceNumber
				atomic.AddInt64(&received, 1)
				length := []byte{byte(len(packet.Payload) >> 8), byte(len(packet.Payload))}
				_, err = output.Write(append(length, packet.Payload...))
				demand(err)
			}
		})
	}

	offer, err := connection.CreateOffer(nil)
	demand(err)
	gathered := webrtc.GatheringCompletePromise(connection)
	demand(connection.SetLocalDescription(offer))
	<-gathered
	sdp := connection.LocalDescription().SDP
	status, headers, answer := call("POST", address, sdp)
	if status != 201 {
		demand(fmt.Errorf("POST: %d %s", status, answer))
	}
	demand(connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
	select {
	case <-connected:
	case <-time.After(20 * time.Second):
		demand(fmt.Errorf("no connection"))
	}
	report := map[string]interface{}{}
	if kind == "whip" {
		report["packets"] = publish(track, frames(path), time.Now().Add(duration))
	} else {
		time.Sleep(duration)
		report["packets"] = atomic.LoadInt64(&received)
	}
	report["lost"], report["feedback"] = atomic.LoadInt64(&lost), atomic.LoadInt64(&feedback)

	base, err := url.Parse(address)
	demand(err)
	location, err := base.Parse(headers.Get("Location"))
	demand(err)
	report["post"], report["location"], report["etag"], report["offer"] = status, headers.Get("Location"), headers.Get("ETag"), sdp
	report["delete"], _, _ = call("DELETE", location.String(), "")
	report["deleteAgain"], _, _ = call("DELETE", location.String(), "")
	demand(connection.Close())
	text, err := json.Marshal(report)
	demand(err)
	fmt.Println(string(text))
}
