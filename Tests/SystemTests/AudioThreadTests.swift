import FoundationEssentials
import Glibc
import Testing

/// The audio thread as the kernel sees it.
@Suite("The audio thread")
struct AudioThreadTests {
    @Test("is scheduled SCHED_FIFO, and alone", .enabled(if: Machine.runsRealtimeThreads))
    func isRealtime() throws {
        let daemon = try Daemon()
        try waitUntil(
            upTo: 10, for: "an audio thread under SCHED_FIFO",
            instead: { Self.threads(of: daemon.process.pid).description }
        ) {
            let realtime = Self.threads(of: daemon.process.pid).filter { $0.policy == SCHED_FIFO }
            return realtime.map(\.name) == ["zego-audio"] && realtime[0].priority == 70 ? true : nil
        }
        #expect(try daemon.status()["audio"]["realtime"].bool == true)
    }

    @Test("stays a normal one where the configuration says so")
    func staysNormal() throws {
        let daemon = try Daemon(realtimePriority: 0)
        #expect(try daemon.status()["audio"]["realtime"].bool == false)
        #expect(Self.threads(of: daemon.process.pid).allSatisfy { $0.policy != SCHED_FIFO })
    }

    private struct KernelThread: CustomStringConvertible {
        let name: String
        let policy: Int32
        let priority: Int
        var description: String { "\(name): policy \(policy), priority \(priority)" }
    }

    /// The threads of a process from /proc (fields 40 and 41 of proc(5)'s stat; the name ends with the last parenthesis).
    private static func threads(of pid: pid_t) -> [KernelThread] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return tasks.compactMap { task in
            guard let stat = try? Files.text("/proc/\(pid)/task/\(task)/stat"), let open = stat.firstIndex(of: "("),
                let shut = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[stat.index(after: shut)...].split(separator: " ")
            guard fields.count > 38, let priority = Int(fields[37]), let policy = Int32(fields[38]) else { return nil }
            return KernelThread(name: String(stat[stat.index(after: open)..<shut]), policy: policy, priority: priority)
        }
    }
}
