package import JSONRPC

/// The result of `resume`: `{notifications: [{method, params}]}`, everything that was missed, in order, as if it had
/// come by itself. Newer notifications follow the reply on the connection.
package struct ResumeResult: SignalingMessage {
    package let notifications: [NumberedNotification]

    package init(notifications: [NumberedNotification]) {
        self.notifications = notifications
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        notifications = try reader.array("notifications").compactMap { element in
            var entry = try JSONReader(element.value, path: element.path)
            return try NumberedNotification(method: entry.string("method"), params: entry.value("params"))
        }
    }

    package var json: JSONValue {
        let entries = notifications.map { numbered -> JSONValue in
            ["method": .string(numbered.notification.method), "params": numbered.params]
        }
        return ["notifications": .array(entries)]
    }
}
