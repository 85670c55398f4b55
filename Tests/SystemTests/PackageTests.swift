import FoundationEssentials
import Testing

/// The Debian package on a machine with a real systemd: install, upgrade, remove, purge, and what the service does meanwhile.
@Suite("The Debian package", .enabled(if: Machine.bootsSystemd))
struct PackageTests {
    private static let control = "socat -t30 - UNIX-CONNECT:/run/zegod/control.sock"

    private static func line(_ method: String, _ params: String = "{}") -> String {
        #"echo '{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}' | \#(control)"#
    }

    private static let login = line(
        "loginRoom", #"{"roomID":"room1","user":{"userID":"user1"},"config":{"isUserStatusNotify":true}}"#)

    @Test("is built, installed, upgraded, removed and purged as Debian users expect", .timeLimit(.minutes(10)))
    func wholeLife() throws {
        let place = try TemporaryDirectory()
        let built = try Command.demand(
            ["\(Programs.repository)/contrib/package", "--no-build", "--output", place.path],
            environment: ["ZEGO_PROGRAMS": Programs.directory], upTo: 300)
        let packages = built.split(separator: "\n").map(String.init)
        let package = try #require(packages.first { !$0.contains("dbgsym") }, "\(built)")
        #expect(packages.contains { $0.contains("zegod-dbgsym_") }, "debugging symbols apart: \(built)")
        let contents = try Command.demand(["dpkg-deb", "--contents", package])
        for file in [
            "/usr/bin/zegod", "/usr/bin/zegoctl -> zegod", "/usr/bin/zego-roomd -> zegod", "/man1/zegoctl.1.gz",
            "/man5/zegod.toml.5.gz",
            "/man7/zegod-rpc.7.gz", "/man8/zegod.8.gz", "/man8/zego-roomd.8.gz", "/bash-completion/completions/zegoctl",
            "/vendor-completions/_zegoctl", "/vendor_completions.d/zegoctl.fish", "/sysusers.d/zegod.conf",
            "/tmpfiles.d/zegod.conf",
            "/systemd/system/zegod.service", "/systemd/user/zegod.service", "/etc/zegod/zegod.toml",
            "/examples/call.sh",
        ] { #expect(contents.contains(file), "\(file)") }
        let next = try Self.nextVersion(of: package, in: place)

        let host = try SystemdHost(sharing: place.path)
        // Build machines forbid packages to start services; this machine is one that does not.
        try host.demand("rm -f /usr/sbin/policy-rc.d && dpkg -i /run/shared/\(Self.name(package))", upTo: 120)
        #expect(
            try host.demand("systemctl is-enabled zegod zegod.socket zegod-events.socket zegod-admin.socket")
                == String(repeating: "enabled\n", count: 4))
        #expect(try host.run("systemctl --global is-enabled zegod").output == "disabled\n", "a user's own decision")
        #expect(try host.demand("systemctl is-active zegod") == "active\n")
        #expect(try host.run("systemctl is-active zego-roomd").output == "inactive\n", "its port is taken")
        #expect(try host.demand("stat -c '%a %U %G' /etc/zegod/zegod.toml") == "640 root zegod\n")
        #expect(try host.demand("man -w zegod-rpc zegoctl zego-roomd zegod.toml").contains("zegod-rpc.7"))
        try host.demand("zegod --check-config && zego-roomd --check-config")

        // No sound card in here, and a watchdog of two seconds.
        try host.demand("useradd --create-home --groups zegod,zegod-events member && useradd --no-create-home stranger")
        try host.demand(
            "sed -i 's/^#input = .*/input = \"tone:440\"/; s/^#output = .*/output = \"null\"/' /etc/zegod/zegod.toml")
        try host.demand(
            "mkdir -p /etc/systemd/system/zegod.service.d && printf '[Service]\\nWatchdogSec=2\\nTimeoutAbortSec=1\\n' > /etc/systemd/system/zegod.service.d/test.conf"
        )
        try host.demand("systemctl daemon-reload && systemctl restart zegod", upTo: 60)
        try Self.startAnnouncer(host)
        #expect(try JSON(line: host.run(Self.login, as: "member").output)["result"]["errorCode"].integer == 0)
        try Self.announces(host)
        let publish = Self.line("startPublishing", #"{"streamID":"stream1"}"#)
        #expect(try JSON(line: host.run(publish, as: "member").output)["result"]["state"].string == "publishing")
        #expect(try host.run(Self.login, as: "stranger").errors.contains("Permission denied"))
        #expect(try host.run("zegoctl doctor", as: "stranger").status == 77)

        // A daemon that stands still is killed by the watchdog and comes back with its call.
        let pid = try host.demand("systemctl show zegod -p MainPID --value")
        try host.demand("kill -STOP \(pid)")
        try waitUntil(
            upTo: 30, for: "the next daemon", instead: { (try? host.run("systemctl status zegod").output) ?? "" }
        ) {
            try host.run("systemctl show zegod -p NRestarts --value").output == "1\n" ? true : nil
        }
        try Self.isInCall(host)
        try host.demand("journalctl --no-pager -u zegod | grep -q 'watchdog'")
        // The service of another loses its daemon with that, and waits for the room again.
        try Self.announces(host)
        try host.demand("systemctl stop announcer")
        // The journal knows the room by a field of its own.
        #expect(try host.demand("journalctl --no-pager -o cat -u zegod ROOM_ID=room1").contains("logged in"))

        try Self.credential(host)
        try Self.userService(host)

        // Upgrade: the operator's configuration and the call stay, and a client that comes meanwhile is answered.
        let before = try host.demand("systemctl show zegod -p MainPID --value")
        let upgraded = try host.run(
            """
            dpkg -i /run/shared/\(next) > /tmp/upgrade 2>&1 &
            until [ "$(systemctl show zegod -p MainPID --value)" != \(before.split(separator: "\n")[0]) ]; do :; done
            \(Self.line("hello"))
            wait $! || cat /tmp/upgrade
            """, upTo: 120)
        #expect(try JSON(line: upgraded.output)["result"]["api"]["major"].integer == 1, "\(upgraded)")
        #expect(
            try host.demand("dpkg-query -W -f '${Status} ${Version}' zegod").hasPrefix("install ok installed 1000."))
        #expect(try host.demand("grep tone:440 /etc/zegod/zegod.toml").isEmpty == false)
        try Self.isInCall(host)

        // Remove leaves configuration and state; purge leaves nothing.
        try host.demand("dpkg -r zegod", upTo: 60)
        #expect(try host.run("pgrep -x zegod").status != 0)
        #expect(try host.run("command -v zegod").status != 0)
        try host.demand("test -e /etc/zegod/zegod.toml && test -e /var/lib/zegod/state.json")
        try host.demand("dpkg -i /run/shared/\(next)", upTo: 120)
        try Self.isInCall(host)
        try host.demand("zegoctl cert create --host localhost && test -e /etc/zegod/tls/key.pem")
        try host.demand("dpkg -P zegod", upTo: 60)
        try host.demand("test ! -e /etc/zegod && test ! -e /var/lib/zegod && test ! -e /run/zegod/control.sock")
        #expect(try host.run("systemctl list-unit-files 'zego*'").output.contains("0 unit files"))
    }

    /// The example of a service that needs the machine to be in its room, installed as its text says: it waits.
    private static func startAnnouncer(_ host: SystemdHost) throws {
        try host.demand(
            "sed 's/roomID=lobby/roomID=room1/' /usr/share/doc/zegod/examples/announcer.service > /etc/systemd/system/announcer.service"
        )
        try host.demand("systemctl daemon-reload && systemctl --no-block start announcer && sleep 1")
        #expect(try host.run("systemctl is-active announcer").output == "activating\n")
    }

    /// It runs, as a user of its own that may listen to events.
    private static func announces(_ host: SystemdHost) throws {
        try waitUntil(
            upTo: 30, for: "the announcer", instead: { (try? host.run("systemctl status announcer").output) ?? "" }
        ) { try host.run("systemctl is-active announcer").output == "active\n" ? true : nil }
        try host.demand("journalctl --no-pager -o cat -u announcer | grep -q 'room-state.*logined'")
    }

    private static func isInCall(_ host: SystemdHost) throws {
        try host.demand("zegoctl wait room-state roomID=room1 reason=logined --timeout 20", upTo: 30)
        try host.demand("zegoctl wait publisher-state streamID=stream1 state=publishing --timeout 20", upTo: 30)
    }

    /// The AppSign as a credential of systemd: a wrong one is refused by the room server, so it is the one that counts.
    private static func credential(_ host: SystemdHost) throws {
        let app = try JSON(line: host.demand("zegoctl --json app show"))
        let id = try #require(app["appID"].integer)
        let sign = try #require(app["appSign"].string)
        try host.demand(
            "sed -i 's/^#app_id = .*/app_id = \(id)/' /etc/zegod/zegod.toml && sed -i '0,/^app_id/!s/^app_id/#app_id/' /etc/zegod/zegod.toml"
        )
        try host.demand(
            "printf '[Service]\\nLoadCredential=app_sign:/root/app_sign\\n' > /etc/systemd/system/zegod.service.d/sign.conf && systemctl daemon-reload"
        )
        try host.demand(
            "umask 077; echo \(String(repeating: "0f", count: 32)) > /root/app_sign; systemctl restart zegod", upTo: 60)
        try host.demand("zegoctl wait room-state roomID=room1 reason=login-failed --timeout 20", upTo: 30)
        try host.demand("echo \(sign) > /root/app_sign; systemctl restart zegod", upTo: 60)
        // Refused credentials forget the room: it is asked for anew.
        #expect(try JSON(line: host.demand(login))["result"]["errorCode"].integer == 0)
        try host.demand(line("startPublishing", #"{"streamID":"stream1"}"#))
    }

    /// A user's own daemon, by the user's service manager.
    private static func userService(_ host: SystemdHost) throws {
        try host.demand(
            "mkdir -p ~member/.config/zegod && printf '[audio]\\ninput = \"null\"\\noutput = \"null\"\\n[server]\\nport = 0\\n' > ~member/.config/zegod/zegod.toml && chown -R member ~member/.config"
        )
        let uid = try host.demand("id -u member").split(separator: "\n")[0]
        try host.demand("systemctl start user@\(uid)", upTo: 60)
        let user = "export XDG_RUNTIME_DIR=/run/user/\(uid) HOME=/home/member;"
        let started = try host.run(
            "\(user) systemctl --user start zegod && zegoctl --socket /run/user/\(uid)/zegod/control.sock status",
            as: "member")
        #expect(started.status == 0 && started.output.contains("engine    running"), "\(started)")
        // Whoever may not use the system's daemon is led to this one, and to its files.
        let doctor = try host.run(
            "setpriv --reuid member --regid member --clear-groups sh -c '\(user) zegoctl doctor'")
        #expect(
            doctor.output.contains("answers at /run/user/\(uid)/zegod/control.sock")
                && doctor.output.contains("/home/member/.config/zegod/zegod.toml is right"), "\(doctor)")
        let stopped = try host.run(
            "\(user) systemctl --user stop zegod && systemctl --user show zegod -p Result --value", as: "member")
        #expect(stopped.output == "success\n", "\(stopped)")
        try host.demand("systemctl stop user@\(uid)", upTo: 60)
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The same package under a later version, for the upgrade.
    private static func nextVersion(of package: String, in place: TemporaryDirectory) throws -> String {
        try Command.demand(
            [
                "sh", "-ec",
                "dpkg-deb -R \(package) \(place.file("next")); sed -i 's/^Version: /Version: 1000./' \(place.file("next"))/DEBIAN/control; "
                    + "dpkg-deb -Znone -b \(place.file("next")) \(place.file("next.deb"))",
            ], upTo: 60)
        return "next.deb"
    }
}
