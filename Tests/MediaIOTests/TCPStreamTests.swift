import Glibc
import MediaIO
import Testing
import Transport

struct TCPStreamTests {
    private static var noHead: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    /// Waits until the descriptor can be written to, at most five seconds.
    private func waitForWriting(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, 5000) == 1
    }

    private func connected() throws -> (stream: TCPStream, other: Int32) {
        let listener = try LoopbackListener()
        let stream = try TCPStream(connectingTo: listener.address)
        let other = listener.accept()
        #expect(waitForWriting(stream.descriptor))
        #expect(stream.finishConnecting())
        return (stream, other)
    }

    @Test("connects, sends heads and messages in order, receives, sees the end")
    func exchange() throws {
        let (stream, other) = try connected()
        #expect(stream.local.isLoopback && stream.local.port != 0)
        let head: [UInt8] = [0, 3]
        let message: [UInt8] = [1, 2, 3]
        for _ in 0..<2 {
            #expect(
                head.withUnsafeBytes { head in message.withUnsafeBytes { stream.enqueue(head: head, $0, isMedia: true) }
                })
        }
        #expect(stream.flush())
        #expect(!stream.wantsToWrite)
        var buffer = [UInt8](repeating: 0, count: 64)
        #expect(read(other, &buffer, 64) == 10)
        #expect(Array(buffer[..<10]) == [0, 3, 1, 2, 3, 0, 3, 1, 2, 3])
        #expect(buffer.withUnsafeMutableBytes { stream.receive(into: $0) } == .nothing)
        #expect(write(other, message, 3) == 3)
        var request = pollfd(fd: stream.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&request, 1, 5000) == 1)
        #expect(buffer.withUnsafeMutableBytes { stream.receive(into: $0) } == .bytes(3))
        close(other)
        #expect(poll(&request, 1, 5000) == 1)
        #expect(buffer.withUnsafeMutableBytes { stream.receive(into: $0) } == .closed)
    }

    @Test("a port that nobody listens on")
    func refused() throws {
        let port = try LoopbackListener().address
        guard let stream = try? TCPStream(connectingTo: port) else { return }
        #expect(waitForWriting(stream.descriptor))
        #expect(!stream.finishConnecting())
    }

    @Test("who does not read: media is dropped, what must not be lost still has room, and no memory is taken")
    func slowReader() throws {
        let (stream, other) = try connected()
        defer { close(other) }
        let packet = [UInt8](repeating: 7, count: 160)
        func send(isMedia: Bool) -> Bool {
            let taken = packet.withUnsafeBytes { stream.enqueue(head: Self.noHead, $0, isMedia: isMedia) }
            #expect(stream.flush())
            return taken
        }
        var sent = 0
        while send(isMedia: true) { sent += 1 }
        #expect(stream.wantsToWrite)
        // The other end's kernel takes some hundred kilobytes; the queue itself no more than its part for media.
        #expect(sent < 100_000)
        #expect(stream.free >= TCPStream.reservedBytes - packet.count)
        for _ in 0..<200 { _ = send(isMedia: true) }
        #expect(stream.dropped >= 200)
        var urgent = 0
        while send(isMedia: false) { urgent += 1 }
        #expect(urgent >= TCPStream.reservedBytes / packet.count - 2)
        // It reads again: all that was taken comes, whole and in order.
        var received = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while received < (sent + urgent) * packet.count {
            let count = read(other, &buffer, buffer.count)
            guard count > 0 else { break }
            #expect(buffer[..<count].allSatisfy { $0 == 7 })
            received += count
            #expect(stream.flush())
        }
        #expect(received == (sent + urgent) * packet.count)
    }

    @Test("a ring of bytes keeps their order across its end")
    func byteQueue() {
        let queue = ByteQueue(capacity: 10)
        var next: UInt8 = 0
        var expected: UInt8 = 0
        for round in 0..<100 {
            let bytes = (0..<UInt8(round % 7)).map { _ in
                defer { next &+= 1 }
                return next
            }
            #expect(bytes.withUnsafeBytes { queue.append($0) })
            while !queue.isEmpty {
                for byte in queue.front {
                    #expect(byte == expected)
                    expected &+= 1
                }
                queue.drop(queue.front.count)
            }
        }
        #expect(![UInt8](repeating: 0, count: 11).withUnsafeBytes { queue.append($0) })
    }

    @Test("a loop tells of room to write only while that is wanted")
    func watchWriting() async throws {
        let (stream, other) = try connected()
        defer { close(other) }
        let loop = try MediaLoop(name: "tcp-test")
        try loop.start()
        let watcher = Watcher(loop: loop)
        let told = try await watcher.countWritable(stream.descriptor)
        #expect(told == 3)
        await loop.shutdown()
    }

    /// Counts three calls, then ends the watch.
    private actor Watcher {
        let loop: MediaLoop
        private var count = 0
        private var waiter: CheckedContinuation<Int, Never>?
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(loop: MediaLoop) { self.loop = loop }

        func countWritable(_ descriptor: Int32) async throws -> Int {
            try loop.watch(descriptor) {}
            loop.watchWriting(descriptor) { [weak self] in self?.assumeIsolated { $0.writable(descriptor) } }
            return await withCheckedContinuation { waiter = $0 }
        }

        private func writable(_ descriptor: Int32) {
            count += 1
            guard count == 3 else { return }
            loop.watchWriting(descriptor, writable: nil)
            loop.unwatch(descriptor)
            waiter?.resume(returning: count)
            waiter = nil
        }
    }
}
