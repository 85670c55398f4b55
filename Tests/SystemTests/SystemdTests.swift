import FoundationEssentials
import Testing

/// A machine with a real systemd: install, start, call as a user may and may not, restart with a client in the queue, stop.
@Suite("Under systemd", .enabled(if: Machine.bootsSystemd))
struct SystemdTests {
    @Test("from installation to stop", .timeLimit(.minutes(10)))
    func wholeLife() throws {
        let host = try SystemdHost()
        try host.demand(
            "ZEGO_PROGRAMS='\(Programs.directory)' '\(Programs.repository)/contrib/install' --no-build --prefix /usr",
            upTo: 120)
        try host.demand(
            "useradd --no-create-home --groups zegod,zegod-events member && useradd --no-create-home stranger")
        // As it comes every key is commented out, and only the daemon's group may read what will be written there.
        #expect(try host.demand("stat -c '%a %U %G' /etc/zegod/zegod.toml") == "640 root zegod\n")
        // No sound card in here; and a service cannot raise its limits where the host may not.
        try host.demand(
            "printf '[audio]\\ninput = \"tone:440\"\\noutput = \"null\"\\n' > /etc/zegod/zegod.toml"
        )

        // Started, it is ready: Type=notify holds `start` until then.
        try host.demand("systemctl start zegod", upTo: 60)
        let properties = try host.demand(
            "systemctl show zegod -p ActiveState,SubState,StatusText,NRestarts,Type,WatchdogUSec")
        #expect(properties.contains("ActiveState=active"))
        #expect(properties.contains("SubState=running"))
        #expect(properties.contains("NRestarts=0"))
        #expect(!properties.contains("StatusText=\n"), "the daemon tells what it does: \(properties)")
        #expect(try host.demand("stat -c '%a %U %G' /run/zegod/control.sock") == "660 zegod zegod\n")
        #expect(try host.demand("stat -c '%a %U %G' /run/zegod/events.sock") == "660 zegod zegod-events\n")
        #expect(try host.demand("stat -c '%a %U' /run/zegod/admin.sock") == "600 zegod\n")

        // A member of the group makes the call of the contract.
        let login = try host.run(Self.login, as: "member")
        #expect(try JSON(line: login.output)["result"]["errorCode"].integer == 0, "\(login.output)\(login.errors)")
        let publish = try host.run(Self.publish, as: "member")
        #expect(try JSON(line: publish.output)["result"]["seq"] != .null, "\(publish.output)\(publish.errors)")
        let snapshot = try host.run("socat -u UNIX-CONNECT:/run/zegod/events.sock - | head -n 1", as: "member")
        #expect(try JSON(line: snapshot.output)["status"]["rooms"][0]["reason"].string == "logined")

        // A stranger, and a member where only root may, do not get in.
        for socket in ["control.sock", "events.sock", "admin.sock"] {
            let refused = try host.run("socat -t5 - UNIX-CONNECT:/run/zegod/\(socket) < /dev/null", as: "stranger")
            #expect(refused.status != 0 && refused.errors.contains("Permission denied"), "\(socket): \(refused)")
        }
        #expect(try host.run("socat -t5 - UNIX-CONNECT:/run/zegod/admin.sock < /dev/null", as: "member").status != 0)
        try host.demand("zegoctl app show > /dev/null")

        // Reload keeps the process, and the watchdog is fed.
        let pid = try host.demand("systemctl show zegod -p MainPID --value")
        let oldPID = pid.split(separator: "\n")[0]
        try host.demand("systemctl reload zegod")
        #expect(try host.demand("systemctl show zegod -p MainPID --value") == pid)

        // Restart, and a client comes while no daemon listens: its request waits in the socket and the next daemon answers it.
        let line = #"{"jsonrpc":"2.0","id":7,"method":"hello"}"#
        let restarted = try host.run(
            """
            systemctl --no-block restart zegod
            until [ "$(systemctl show zegod -p ActiveState --value)" != active ] || [ "$(systemctl show zegod -p MainPID --value)" != \(oldPID) ]; do :; done
            echo '\(line)' | socat -t30 - UNIX-CONNECT:/run/zegod/control.sock
            """, upTo: 60)
        #expect(try JSON(line: restarted.output)["id"].integer == 7, "\(restarted)")
        try host.demand("systemctl start zegod")
        #expect(try host.demand("systemctl show zegod -p MainPID --value") != pid)

        // Stop: in time, in order, nothing left of it; the sockets stay for the next start.
        let asked = monotonicSeconds()
        try host.demand("systemctl stop zegod")
        #expect(monotonicSeconds() - asked < 5)
        #expect(try host.demand("systemctl show zegod -p Result --value") == "success\n")
        #expect(try host.run("pgrep -x zegod").status != 0)
        let journal = try host.demand("journalctl --no-pager -o cat -u zegod")
        #expect(!journal.contains("watchdog") && !journal.contains("Main process exited, code=killed"), "\(journal)")

        // The room server alone.
        try host.demand("systemctl start zego-roomd", upTo: 60)
        try host.demand("test -S /run/zego-roomd/admin.sock")
        let apps = try host.demand(
            #"echo '{"jsonrpc":"2.0","id":1,"method":"app.list"}' | socat -t10 - UNIX-CONNECT:/run/zego-roomd/admin.sock"#
        )
        #expect(try JSON(line: apps)["result"] != .null)
        try host.demand("systemctl stop zego-roomd")
        #expect(try host.demand("systemctl show zego-roomd -p Result --value") == "success\n")

        // Over it in a folder where systemd looks for no units: what was written stays, what runs becomes the new one.
        try host.demand("systemctl start zegod", upTo: 60)
        try host.demand(
            "ZEGO_PROGRAMS='\(Programs.directory)' '\(Programs.repository)/contrib/install' --no-build --prefix /opt/zegod",
            upTo: 120)
        try host.demand("grep -q tone:440 /etc/zegod/zegod.toml")
        #expect(
            try host.demand("readlink /proc/$(systemctl show zegod -p MainPID --value)/exe")
                == "/opt/zegod/lib/zegod/zegod\n")
    }

    private static let login =
        #"echo '{"jsonrpc":"2.0","id":1,"method":"loginRoom","params":{"roomID":"room1","user":{"userID":"user1"},"config":{"isUserStatusNotify":true}}}' | socat -t30 - UNIX-CONNECT:/run/zegod/control.sock"#
    private static let publish =
        #"echo '{"jsonrpc":"2.0","id":2,"method":"startPublishing","params":{"streamID":"stream1"}}' | socat -t30 - UNIX-CONNECT:/run/zegod/control.sock"#
}
