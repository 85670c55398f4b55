import Glibc
import MediaIO
import Testing
import Transport

/// A whole batch into `socket`, waiting (poll) until something is there.
private func receive(_ socket: UDPSocket, _ batch: DatagramBatch) -> Int {
    var descriptor = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 5000) == 1 ? socket.receive(into: batch) : 0
}

private func address(_ host: String) throws -> TransportAddress {
    try #require(TransportAddress(host: host, port: 0))
}

@Suite struct UDPSocketTests {
    @Test(arguments: ["127.0.0.1", "::1"])
    func carriesBatches(host: String) throws {
        let sender = try UDPSocket(address: address(host))
        let receiver = try UDPSocket(address: address(host))
        let out = DatagramBatch()
        var random = RandomSource.seeded(3)
        var sent: [[UInt8]] = []
        for _ in 0..<3 {
            while !out.isFull {
                let bytes = random.bytes(1 + Int(random.next() % 1500))
                sent.append(bytes)
                bytes.withUnsafeBytes { out.append(copying: $0, to: receiver.localAddress) }
            }
            #expect(sender.send(out) == 32)
            #expect(out.count == 0)
        }
        let batch = DatagramBatch()
        var received: [[UInt8]] = []
        while received.count < sent.count {
            let count = receive(receiver, batch)
            try #require(count > 0)
            for index in 0..<count {
                received.append(Array(batch.payload(at: index)))
                #expect(batch.source(at: index) == sender.localAddress)
                #expect(batch.destination(at: index) == receiver.localAddress)
            }
        }
        #expect(received == sent)
        #expect(receiver.receive(into: batch) == 0)
        #expect(sender.statistics.sentDatagrams == 96)
        #expect(receiver.statistics.receivedDatagrams == 96)
        #expect(sender.statistics.sentBytes == receiver.statistics.receivedBytes)
    }

    @Test func takesOnlyWhatCameOverOneInterface() throws {
        let loopback = try #require(NetworkInterfaces.addresses().first { $0.isLoopback }?.interfaceIndex)
        let batch = DatagramBatch()
        for (interface, isHeard) in [(loopback, true), (loopback + 1000, false)] {
            let receiver = try UDPSocket(UDPSocket.Configuration(address: address("127.0.0.1"), interface: interface))
            let sender = try UDPSocket(address: address("127.0.0.1"))
            Array("hello".utf8).withUnsafeBytes { batch.append(copying: $0, to: receiver.localAddress) }
            #expect(sender.send(batch) == 1)
            // On loopback a datagram is there, or is not, when sending has ended.
            #expect(receiver.receive(into: batch) == (isHeard ? 1 : 0))
            batch.removeAll()
        }
    }

    /// A socket on every address, of either family or both, tells which address was spoken to and answers from it.
    @Test(arguments: [
        ("0.0.0.0", "127.0.0.1"), ("0.0.0.0", "127.0.0.7"), ("::", "::1"), ("::", "127.0.0.1"), ("::", "127.0.0.9"),
    ])
    func answersFromTheAddressSpokenTo(bound: String, spokenTo: String) throws {
        let server = try UDPSocket(address: address(bound))
        let target = try #require(TransportAddress(host: spokenTo, port: server.localAddress.port))
        let client = try UDPSocket(address: address(target.family == .ipv4 ? "127.0.0.1" : "::1"))
        let batch = DatagramBatch()
        Array("hello".utf8).withUnsafeBytes { batch.append(copying: $0, to: target) }
        #expect(client.send(batch) == 1)
        #expect(receive(server, batch) == 1)
        #expect(batch.source(at: 0) == client.localAddress)
        #expect(batch.destination(at: 0) == target)
        let (from, to) = (batch.destination(at: 0), batch.source(at: 0))
        batch.removeAll()
        Array("well".utf8).withUnsafeBytes { batch.append(copying: $0, to: to, from: from) }
        #expect(server.send(batch) == 1)
        #expect(receive(client, batch) == 1)
        #expect(batch.source(at: 0) == target)
        #expect(Array(batch.payload(at: 0)) == Array("well".utf8))
    }

    @Test func sharesAPortAndTellsWhenItIsTaken() throws {
        let first = try UDPSocket(address: address("127.0.0.1"), reusePort: true)
        let second = try UDPSocket(address: first.localAddress, reusePort: true)
        #expect(second.localAddress == first.localAddress)
        #expect {
            try UDPSocket(address: first.localAddress)
        } throws: { error in
            (error as? SocketError)?.isAddressInUse == true
        }
    }

    /// One destination that the kernel refuses costs only itself.
    @Test func countsWhatIsRefusedAndSendsTheRest() throws {
        let sender = try UDPSocket(address: address("127.0.0.1"))
        let receiver = try UDPSocket(address: address("127.0.0.1"))
        let batch = DatagramBatch()
        let bytes: [UInt8] = [1, 2, 3]
        // Broadcast without SO_BROADCAST is EACCES; port 0 is EINVAL.
        let refused = TransportAddress(ipv4: 0xFFFF_FFFF, port: 9)
        for destination in [receiver.localAddress, refused, receiver.localAddress.with(port: 0), receiver.localAddress]
        {
            bytes.withUnsafeBytes { batch.append(copying: $0, to: destination) }
        }
        #expect(sender.send(batch) == 2)
        #expect(sender.statistics.refusedDatagrams == 2)
        #expect(receive(receiver, batch) > 0)
    }

    @Test func emptiesWhatIsTooLong() throws {
        let receiver = try UDPSocket(address: address("127.0.0.1"))
        let plain = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(plain) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = receiver.localAddress.port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let long = [UInt8](repeating: 7, count: DatagramBatch.slotCapacity + 1)
        let sent = withUnsafeBytes(of: &name) { name in
            sendto(
                plain, long, long.count, 0, name.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(name.count))
        }
        #expect(sent == long.count)
        let batch = DatagramBatch()
        #expect(receive(receiver, batch) == 1)
        #expect(batch.payload(at: 0).isEmpty)
        #expect(receiver.statistics.truncatedDatagrams == 1)
    }

    @Test func listsTheLoopbackInterface() throws {
        let loopback = NetworkInterfaces.addresses().filter(\.isLoopback)
        let ipv4 = try #require(loopback.first { $0.address.host == "127.0.0.1" })
        #expect(ipv4.prefixLength == 8)
        #expect(ipv4.isRunning)
        #expect(ipv4.interfaceIndex > 0)
        let notifier = try NetworkChangeNotifier()
        #expect(!notifier.take())
    }
}
