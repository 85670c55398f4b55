import Transport

/// Asks STUN servers what address they see each local address as (RFC 8445, section 5.1.1.2).
struct ServerReflexiveGatherer {
    private struct Question {
        let id: STUNTransactionID
        let path: TransportTuple
        var transmissions = 0
        var sendAt: MonotonicTime
    }

    private static let firstRetransmission: Int64 = 250
    private static let transmissions = 6

    private var questions: [Question] = []

    var isDone: Bool { questions.isEmpty }

    mutating func ask(
        _ server: TransportAddress, from base: TransportAddress, now: MonotonicTime, random: inout RandomSource
    ) {
        guard server.family == base.family else { return }
        let id = STUNTransactionID(random: &random)
        questions.append(Question(id: id, path: TransportTuple(local: base, remote: server), sendAt: now))
    }

    mutating func forget(base: TransportAddress) {
        questions.removeAll { $0.path.local == base }
    }

    var deadline: MonotonicTime {
        questions.lazy.map(\.sendAt).min() ?? .distantFuture
    }

    /// The questions that are due to be sent (again).
    mutating func due(now: MonotonicTime) -> [OutgoingSTUN] {
        questions.removeAll { now >= $0.sendAt && $0.transmissions == Self.transmissions }
        var due: [OutgoingSTUN] = []
        for index in questions.indices where now >= questions[index].sendAt {
            let wait = Self.firstRetransmission << Int64(min(questions[index].transmissions, 3))
            questions[index].transmissions += 1
            questions[index].sendAt = now.advanced(byMilliseconds: wait)
            due.append(
                OutgoingSTUN(transactionID: questions[index].id, path: questions[index].path, content: .question))
        }
        return due
    }

    /// The base that a response is about, if it answers one of the questions; the question is then settled.
    mutating func settle(_ message: STUNMessage, on tuple: TransportTuple) -> TransportTuple? {
        guard let index = questions.firstIndex(where: { $0.id == message.transactionID && $0.path == tuple }) else {
            return nil
        }
        return questions.remove(at: index).path
    }
}
