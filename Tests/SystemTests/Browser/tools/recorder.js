// What a test wants to know of the page's RTCPeerConnections: run by the browser before the page's own script, which knows nothing of it.
(() => {
    const rig = { connections: [], began: 0, firstAudio: 0 };
    const without = RIG_WITHOUT;
    window.rig = rig;
    /** The offer without what this browser shall do without. */
    const lessen = (sdp) => {
        if (without.includes("nack")) sdp = sdp.replace(/^a=rtcp-fb:\d+ nack\r\n/gm, "");
        if (without.includes("red")) {
            sdp = sdp.replace(/^a=(rtpmap:63 red|fmtp:63 )[^\r]*\r\n/gm, "").replace(/^(m=audio [^\r]*) 63\b/gm, "$1");
        }
        return sdp;
    };
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
        constructor(...parameters) {
            super(...parameters);
            rig.connections.push(this);
        }

        setLocalDescription(description) {
            if (!description?.sdp || without.length === 0) return super.setLocalDescription(description);
            return super.setLocalDescription({ type: description.type, sdp: lessen(description.sdp) });
        }
    };
    // From the click (or Enter) on the form to the first sound that a receiver plays out.
    document.addEventListener("submit", () => { rig.began = performance.now(); rig.firstAudio = 0; }, true);
    setInterval(() => {
        if (!rig.began || rig.firstAudio) return;
        const heard = rig.connections.some((connection) => connection.connectionState !== "closed"
            && connection.getReceivers().some((receiver) => receiver.getSynchronizationSources().length > 0));
        if (heard) rig.firstAudio = performance.now();
    }, 5);
    rig.connection = () => rig.connections.findLast(({ connectionState }) => connectionState !== "closed");
    rig.statistics = async () => {
        // There is none between a click and the login that it leads to.
        const reports = [...((await rig.connection()?.getStats()) ?? new Map()).values()];
        const kinds = ["inbound-rtp", "outbound-rtp", "remote-inbound-rtp", "candidate-pair", "transport", "codec", "media-playout"];
        return reports.filter(({ type }) => kinds.includes(type));
    };
    /** The sections that receive now, as the page got them. */
    rig.receiving = () => rig.connection().getTransceivers().filter(({ currentDirection }) => currentDirection === "recvonly");
    rig.capture = async (seconds) => {
        const [section] = rig.receiving();
        const context = new AudioContext({ sampleRate: 48000 });
        await context.resume();
        const source = context.createMediaStreamSource(new MediaStream([section.receiver.track]));
        // An AudioWorklet would need a script of its own, which the page's Content-Security-Policy rightly refuses.
        const processor = context.createScriptProcessor(4096, 1, 1);
        const wanted = seconds * 48000;
        const samples = new Int16Array(wanted);
        let count = 0;
        await new Promise((resolve) => {
            processor.onaudioprocess = ({ inputBuffer }) => {
                for (const sample of inputBuffer.getChannelData(0)) {
                    if (count < wanted) samples[count++] = Math.max(-1, Math.min(1, sample)) * 32767;
                }
                if (count >= wanted) resolve();
            };
            source.connect(processor).connect(context.destination);
        });
        processor.onaudioprocess = null;
        await context.close();
        const bytes = new Uint8Array(samples.buffer);
        let text = "";
        for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
        return btoa(text);
    };
})();
