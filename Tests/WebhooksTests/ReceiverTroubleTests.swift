import Alerts
import Database
import Identity
import Records
import SQLText
import Synchronization
import Testing
import Values
import Webhooks

@Suite struct ReceiverTroubleTests {
    @Test func `a receiver that is gone is switched off, and administrators are told`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver { _ in .init(status: 410) })
        let hook = try await room.subscribe(
            #"{"name":"仓库","address":"\#(receiver.address)","events":["customer.created"]}"#
        )
        try await room.make("customers", #"{"name":"一"}"#, as: room.li)
        try await room.deliver()
        try await room.make("customers", #"{"name":"二"}"#, as: room.li)
        try await room.deliver()
        #expect(receiver.received.count == 1)
        let off = try await room.now(hook.webhook)
        #expect(off.state == .off && off.reason == "gone")
        let alerts = try await room.engine.read(as: room.admin) { try Alerts.list(seen: false, $0) }
        #expect(alerts.map(\.kind) == [.webhookOff])
        #expect(alerts.first?.explanation.en.contains("仓库") == true)

        // Switched on again it goes on where it stopped.
        receiver.answer { _ in .init() }
        let webhooks = room.webhooks
        _ = try await room.engine.write(as: room.admin) {
            try webhooks.change(hook.webhook.id, .object([.init(key: "active", value: .bool(true))]), $0)
        }
        try await room.deliver()
        #expect(receiver.received.last?.record["name"]?.string == "二")
    }

    @Test func `a receiver that fails for days is switched off`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver { _ in .init(status: 503) })
        let hook = try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        for day in 0..<4 {
            try await room.make("customers", #"{"name":"客户 \#(day)"}"#, as: room.li)
            for _ in 0..<24 {
                try await room.deliver()
                room.clock.advance(hours: 1)
            }
        }
        #expect(try await room.now(hook.webhook).state == .active, "not within four days")
        for day in 4..<7 {
            try await room.make("customers", #"{"name":"客户 \#(day)"}"#, as: room.li)
            for _ in 0..<24 {
                try await room.deliver()
                room.clock.advance(hours: 1)
            }
        }
        let off = try await room.now(hook.webhook)
        #expect(off.state == .off && off.reason == "failing")
    }

    @Test func `a receiver that asks to wait is left alone for that long`() async throws {
        let room = try await Mailroom.open()
        let receiver = try Receiver { _ in .init(status: 429, headers: "Retry-After: 7200\r\n") }
        try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        try await room.make("customers", #"{"name":"一"}"#, as: room.li)
        try await room.make("customers", #"{"name":"二"}"#, as: room.li)
        try await room.deliver()
        let before = receiver.received.count
        room.clock.advance(hours: 1.9)
        try await room.deliver()
        #expect(receiver.received.count == before)
        receiver.answer { _ in .init() }
        room.clock.advance(hours: 0.2)
        try await room.deliver()
        try await room.deliver()
        #expect(Set(receiver.received.suffix(2).map { $0.record["name"]?.string }) == ["一", "二"])
    }

    @Test func `redirects are not followed, long answers are cut, slow ones are not waited for`() async throws {
        let (room, target) = (try await Mailroom.open(), try Receiver())
        let long = String(repeating: "x", count: 3_000_000)
        let receiver = try Receiver { request in
            switch request.record["name"]?.string {
            case "转": .init(status: 302, headers: "Location: \(target.address)\r\n")
            case "长": .init(body: long)
            case "慢": .init(delay: 9)
            default: .init(status: 500, body: "a\u{0}b")
            }
        }
        let hook = try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        for name in ["转", "长", "慢", "零"] { try await room.make("customers", #"{"name":"\#(name)"}"#, as: room.li) }
        _ = try await room.worker.relayOnce()
        _ = try await room.worker.sendOnce()
        #expect(target.received.isEmpty)
        let log = try await room.log(hook.webhook)
        #expect(log.map(\.status) == [302, 200, nil, 500])
        #expect(log.map(\.state) == [.waiting, .done, .waiting, .waiting])
        #expect((6500...8500).contains(log[2].duration ?? 0))
        let webhooks = room.webhooks
        let attempts = try await room.engine.read(as: room.admin) {
            try webhooks.delivery(log[1].id, of: hook.webhook.id, $0).attempts
        }
        #expect(attempts.first?.answer.utf8.count == 1024)
    }

    @Test func `what a process was sending when it was killed is sent again by the next`() async throws {
        let room = try await Mailroom.open()
        let receiver = try Receiver()
        let hook = try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        try await room.make("customers", #"{"name":"一"}"#, as: room.li)
        _ = try await room.worker.relayOnce()
        try await room.engine.database.write { [now = room.clock.now] connection in
            _ = try connection.run(
                "UPDATE sys_delivery SET state = 'sending', lease = 1, due_at = \(now.adding(milliseconds: 60_000))"
            )
        }
        try await room.deliver()
        #expect(receiver.received.isEmpty, "it may still be sending")
        room.clock.advance(hours: 0.1)
        try await room.deliver()
        #expect(receiver.received.count == 1)
        #expect(try await room.log(hook.webhook).map(\.state) == [.done])
    }

    @Test func `the webhook of somebody who left is switched off`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        let user = try #require(room.li.userID)
        let hook = try await room.subscribe(
            #"{"address":"\#(receiver.address)","events":["customer.*"],"user":"\#(user)"}"#
        )
        try await room.make("customers", #"{"name":"一"}"#, as: room.li)
        _ = try await room.worker.relayOnce()
        try await room.engine.database.write { [identities = room.identities, admin = room.admin] connection in
            _ = try identities.disableUser(user, by: admin, on: connection)
        }
        try await room.make("customers", #"{"name":"二"}"#, as: room.admin)
        try await room.deliver()
        #expect(receiver.received.isEmpty)
        #expect(try await room.now(hook.webhook).reason == "owner")
    }

    @Test func `erasing and deleting for ever are told, and the log forgets what was erased`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        let hook = try await room.subscribe(#"{"address":"\#(receiver.address)","events":["lead.*"]}"#)
        let kept = try await room.make("leads", #"{"name":"孙七","phone":"13866665555"}"#, as: room.li)
        let gone = try await room.make("leads", #"{"name":"周八","phone":"13866665556"}"#, as: room.li)
        try await room.deliver()
        _ = try await room.engine.write(as: room.admin) { session in
            let object = try session.object("leads")
            _ = try session.blank(object, try session.find(object, kept), ["name": .text("〔已抹除〕"), "phone": .null])
            try session.delete(object, gone)
            try session.purge(object, gone)
        }
        try await room.deliver()
        let events = receiver.received.dropFirst(2)
        // That it was deleted before is given up, since it is gone.
        #expect(Set(events.map(\.type)) == ["lead.erased", "lead.purged"])
        #expect(events.allSatisfy { !$0.body.contains("孙七") && !$0.body.contains("1386666") })
        #expect(events.filter { $0.type != "lead.erased" }.allSatisfy { $0.record.isNull })
        let log = try await room.log(hook.webhook)
        #expect(log.allSatisfy { !$0.payload.contains("孙七") && !$0.payload.contains("周八") })
        #expect(log.filter { $0.type == "lead.created" }.allSatisfy { $0.payload.isEmpty })
        // What was erased cannot be sent again.
        let (webhooks, first) = (room.webhooks, try #require(log.first))
        await #expect(throws: Problem.self) {
            try await room.engine.write(as: room.admin) { session in
                _ = try webhooks.replay(first.id, of: hook.webhook.id, session)
            }
        }
    }

    @Test func `an event that another process commits with an older id is not passed over`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        try await room.make("customers", #"{"name":"一"}"#, as: room.li)
        try await room.deliver()
        // A second process whose ids are behind: its clock, or its number, is lower.
        let late = try await RecordEngine(
            database: room.engine.database,
            modules: room.engine.modules,
            ids: IDSource(clock: .fixed(room.clock.now.adding(milliseconds: -3_600_000))),
            clock: room.clock.clock
        )
        _ = try await late.write(as: room.li) { session in
            try session.create(try session.object("customers"), try JSONReader.parse(#"{"name":"二"}"#))
        }
        try await room.deliver()
        #expect(receiver.received.map { $0.record["name"]?.string } == ["一", "二"])
    }
}
