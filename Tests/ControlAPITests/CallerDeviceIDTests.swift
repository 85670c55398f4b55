import ControlAPI
import JSONRPC
import Testing

@Suite("Devices that callers name") struct CallerDeviceIDTests {
    @Test(
        "cards, sound servers and what needs no card",
        arguments: [
            "default", "null", "tone:440", "loopback", "hw:1,0", "plughw:CARD=PCH,DEV=0", "surround51:CARD=USB_Audio",
            "dsnoop:CARD=PCH", "pulse", "bluealsa:DEV=00:11:22:AA:BB:CC,PROFILE=sco", "intercom-left.mono", "plug:dmix",
        ])
    func taken(deviceID: String) throws {
        #expect(try CallerDeviceID.check(deviceID, configured: "default") == deviceID)
    }

    @Test(
        "what writes files or runs programs only the configuration names",
        arguments: [
            "file:/var/lib/zegod/state.json", "file:x", "tee:null,state.json,raw", "tee:null,'|id',raw",
            "plug:file:state.json", "plug:SLAVE=file:state.json", "plug:'tee:null,x,raw'", "hw:0 ", "hw:\u{7}0",
            "{ type file slave.pcm null file /tmp/x }", "plug:{SLAVE=tee}", "shm:/run/socket,pcm",
        ])
    func refused(deviceID: String) throws {
        let error = #expect(throws: JSONShapeError.self) { try CallerDeviceID.check(deviceID, configured: "default") }
        #expect(error?.path == "deviceID")
        #expect(try CallerDeviceID.check(deviceID, configured: deviceID) == deviceID)
    }
}
