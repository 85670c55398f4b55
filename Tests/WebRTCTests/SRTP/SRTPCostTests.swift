import Glibc
import RTP
import Testing
import WebRTC

/// Prints what a packet costs; asserts nothing about time.
struct SRTPCostTests {
    @Test(arguments: SRTPProfile.allCases)
    func costOfAPacket(_ profile: SRTPProfile) throws {
        let key = try SRTPFixtures.key(profile)
        let sender = try SRTPSender(key)
        let receiver = try SRTPReceiver(key)
        let count = 50_000
        let plain = SRTPFixtures.packet(0)
        let room = plain.count + SRTPProfile.maximumOverhead
        let packets = UnsafeMutableRawBufferPointer.allocate(byteCount: count * room, alignment: 16)
        defer { packets.deallocate() }
        var lengths = 0
        let header = Array(plain[..<20])
        let payload = Array(plain[20...])
        try header.withUnsafeBytes { header in
            try payload.withUnsafeBytes { payload in
                for number in 0..<count {
                    let slot = packets.part(number * room, room)
                    slot.copyMemory(from: header)
                    slot.storeBigEndian(UInt16(truncatingIfNeeded: number), at: 2)
                }
                let protecting = try cpuNanoseconds {
                    for number in 0..<count {
                        let slot = packets.part(number * room, room)
                        lengths += try sender.protect(
                            header: UnsafeRawBufferPointer(slot.part(0, 20)), payload: payload, into: slot)
                    }
                }
                let length = lengths / count
                let unprotecting = try cpuNanoseconds {
                    for number in 0..<count { lengths += try receiver.unprotect(packets.part(number * room, length)) }
                }
                print(
                    "SRTP \(profile), 20 + 100 bytes: protect \(protecting / count) ns, unprotect \(unprotecting / count) ns"
                )
            }
        }
        #expect(lengths > 0)
    }

    /// The processor time that this thread spends in `body`, so that other tests at the same time count little.
    private func cpuNanoseconds(_ body: () throws -> Void) rethrows -> Int {
        func now() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        }
        let start = now()
        try body()
        return now() - start
    }
}
