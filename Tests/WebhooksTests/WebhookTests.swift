import Alerts
import Database
import Identity
import Records
import SQLText
import Synchronization
import Testing
import Values
import Webhooks

@Suite struct WebhookTests {
    @Test func `what happens to a record arrives once, in order, with the record as the API shows it`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        let hook = try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.*"]}"#)
        #expect(hook.secret.hasPrefix("whsec_"))
        let id = try await room.make("customers", #"{"name":"江南纸业"}"#, as: room.li)
        try await room.deliver()
        try await room.change("customers", id, #"{"name":"江南纸业集团"}"#, as: room.li)
        _ = try await room.engine.write(as: room.li) { try $0.delete(try $0.object("customers"), id) }
        _ = try await room.engine.write(as: room.li) { try $0.restore(try $0.object("customers"), id) }
        try await room.make("leads", #"{"name":"别的事"}"#, as: room.li)
        try await room.deliver()
        try await room.deliver()
        let events = receiver.received
        #expect(
            events.map(\.type) == ["customer.created", "customer.updated", "customer.deleted", "customer.restored"]
        )
        #expect(events[0].record["name"]?.string == "江南纸业")
        #expect(events[1].record["name"]?.string == "江南纸业集团")
        #expect(events[1].json["data"]?["changed"]?.array == [.string("name")])
        #expect(Set(events.compactMap { $0.headers["webhook-id"] }).count == 4)
        let sequences = events.compactMap { $0.json["data"]?["sequence"]?.string }
        #expect(sequences == sequences.sorted() && Set(sequences).count == 4)
        #expect(try await room.log(hook.webhook).map(\.state) == [.done, .done, .done, .done])
    }

    @Test func `a webhook carries only what the person it belongs to may see`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        try await room.engine.database.write { [identities = room.identities, admin = room.admin] connection in
            var rights = try identities.role(key: "salesperson", on: connection)?.rights ?? Rights()
            rights.fields["customer.phone"] = .hidden
            let role = try identities.addRole(
                key: "blind",
                label: Label("Blind", zh: "无电话"),
                rights: rights,
                by: admin,
                on: connection
            )
            try connection.run("UPDATE sys_user_role SET role = \(role.id) WHERE user_id = \(room.li.userID)")
            try connection.run("UPDATE sys_identity SET version = version + 1")
        }
        let user = try #require(room.li.userID)
        let hook = try await room.subscribe(
            #"{"address":"\#(receiver.address)","events":["*"],"user":"\#(user)"}"#
        )
        let mine = try await room.make("customers", #"{"name":"我的客户","phone":"13800138000"}"#, as: room.li)
        let theirs = try await room.make("customers", #"{"name":"赵敏的秘密客户"}"#, as: room.zhao)
        try await room.deliver()
        #expect(receiver.received.map(\.record).compactMap { $0["name"]?.string } == ["我的客户"])
        #expect(receiver.received.allSatisfy { !$0.body.contains("13800138000") && !$0.body.contains("phone") })

        // A change of a hidden field says nothing; a record that was given away is out of sight, also for ever.
        try await room.change("customers", mine, #"{"phone":"13900139000"}"#, as: room.admin)
        try await room.change(
            "customers",
            mine,
            #"{"owner":"\#(room.zhao.userID?.description ?? "")"}"#,
            as: room.admin
        )
        _ = try await room.engine.write(as: room.admin) { try $0.delete(try $0.object("customers"), theirs) }
        _ = try await room.engine.write(as: room.admin) { try $0.purge(try $0.object("customers"), theirs) }
        try await room.deliver()
        #expect(receiver.received.count == 1)
        #expect(try await room.log(hook.webhook).count == 1)
    }

    @Test func `a filter and a choice of fields narrow what is sent`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        try await room.subscribe(
            #"{"address":"\#(receiver.address)","events":["customer.created"],"filter":"name contains \"科技\"","fields":["name"]}"#
        )
        try await room.make("customers", #"{"name":"东方科技"}"#, as: room.li)
        try await room.make("customers", #"{"name":"东方食品"}"#, as: room.li)
        try await room.deliver()
        #expect(receiver.received.count == 1)
        #expect(receiver.received.first?.record.members?.map(\.key) == ["id", "name"])
    }

    @Test func `a merge tells of each record, and which one the others went into`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.merged"]}"#)
        let survivor = try await room.make("customers", #"{"name":"甲"}"#, as: room.admin)
        let other = try await room.make("customers", #"{"name":"乙"}"#, as: room.admin)
        _ = try await room.engine.write(as: room.admin) { session in
            try session.merge(try session.object("customers"), MergeRequest(survivor: survivor, others: [other]))
        }
        try await room.deliver()
        let told = receiver.received.map { ($0.json["data"]?["id"]?.string, $0.json["data"]?["merged_into"]?.string) }
        #expect(told.count == 2)
        #expect(told.contains { $0 == (survivor.description, nil) })
        #expect(told.contains { $0 == (other.description, survivor.description) })
    }

    @Test func `a subscription that cannot work is refused with the reason`() async throws {
        let room = try await Mailroom.open()
        func code(_ json: String, as actor: Actor? = nil) async -> String? {
            do {
                let (input, webhooks) = (try JSONReader.parse(json), room.webhooks)
                _ = try await room.engine.write(as: actor ?? room.admin) { try webhooks.add(input, $0) }
                return nil
            } catch {
                let problem = error as? Problem
                return problem?.fields.first?.code ?? problem?.code
            }
        }
        let address = #""address":"https://example.com/""#
        #expect(await code("{\(address),\"events\":[]}") == "required")
        #expect(await code("{\(address),\"events\":[\"customer.exploded\"]}") == "unknown_event")
        #expect(await code("{\(address),\"events\":[\"nothing.created\"]}") == "unknown_event")
        #expect(await code("{\(address),\"events\":[\"*\"],\"filter\":\"name = \\\"x\\\"\"}") == "several_objects")
        #expect(await code("{\(address),\"events\":[\"lead.*\"],\"filter\":\"nme = 1\"}") == "invalid_expression")
        #expect(await code("{\(address),\"events\":[\"lead.*\"],\"fields\":[\"nme\"]}") == "unknown_field")
        #expect(await code("{\(address),\"events\":[\"*\"],\"colour\":1}") == "unknown_field")
        #expect(await code("{\(address),\"events\":\"*\"}") == "wrong_type")
        #expect(await code("[]") == "not_an_object")
        #expect(await code("{\(address),\"events\":[\"*\"]}", as: room.li) == "forbidden")
    }

    @Test func `receivers in the own network are refused unless the settings allow them`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        // A name that stands for this machine: only the connection shows it.
        let hook = try await room.subscribe(
            #"{"address":"http://localhost.localdomain:\#(receiver.port)/","events":["customer.created"]}"#
        )
        let named = try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        try await room.engine.database.write { connection in
            _ = try connection.run("UPDATE sys_setting SET value = 'false' WHERE key = \(Webhooks.nearbySetting)")
        }
        try await room.make("customers", #"{"name":"江南纸业"}"#, as: room.li)
        try await room.deliver()
        #expect(receiver.received.isEmpty)
        #expect(try await room.log(named.webhook).first?.error?.contains("not a public address") == true)
        #expect(try await room.log(hook.webhook).first?.state == .waiting)
        await #expect(throws: Problem.self) {
            try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        }
    }

    @Test func `a receiver that is away for six hours loses nothing and gets all of it in order`() async throws {
        let room = try await Mailroom.open()
        let first = try Receiver()
        let port = first.port
        let hook = try await room.subscribe(#"{"address":"\#(first.address)","events":["customer.*"]}"#)
        first.close()
        let id = try await room.make("customers", #"{"name":"第 0 版"}"#, as: room.li)
        for hour in 1...6 {
            try await room.deliver()
            room.clock.advance(hours: 1)
            try await room.change("customers", id, #"{"name":"第 \#(hour) 版"}"#, as: room.li)
            try await room.make("customers", #"{"name":"客户 \#(hour)"}"#, as: room.li)
        }
        try await room.deliver()
        #expect(try await room.now(hook.webhook).failingSince != nil)
        let again = try Receiver(port: port)
        room.clock.advance(hours: 0.2)
        try await room.deliver()
        try await room.deliver()
        #expect(again.received.count == 13)
        let versions = again.received.filter { $0.json["data"]?["id"]?.string == id.description }
        let sequences = versions.compactMap { $0.json["data"]?["sequence"]?.string }
        #expect(versions.count == 7 && sequences == sequences.sorted())
        #expect(try await room.log(hook.webhook).allSatisfy { $0.state == .done })
        #expect(try await room.now(hook.webhook).failingSince == nil)
    }

    @Test
    func `a message that is refused is tried again later each time, for more than a day, then given up and replayed`()
        async throws
    {
        let (room, receiver) = (try await Mailroom.open(), try Receiver { _ in .init(status: 500, body: "no") })
        let hook = try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        let begin = room.clock.now
        try await room.make("customers", #"{"name":"江南纸业"}"#, as: room.li)
        try await room.deliver()
        try await room.deliver()
        #expect(receiver.received.count == 1, "not again at once")
        var hours = 0.0
        while try await room.log(hook.webhook).first?.state == .waiting, hours < 100 {
            room.clock.advance(hours: 0.25)
            hours += 0.25
            try await room.deliver()
        }
        let given = try #require(try await room.log(hook.webhook).first)
        #expect(given.state == .failed && given.attempts == 12 && given.status == 500)
        #expect((given.finishedAt ?? begin).milliseconds - begin.milliseconds > 24 * 3_600_000)
        #expect(Set(receiver.received.compactMap { $0.headers["webhook-id"] }).count == 1, "the same message")
        #expect(Set(receiver.received.compactMap { $0.headers["webhook-timestamp"] }).count == 12)

        receiver.answer { _ in .init() }
        let webhooks = room.webhooks
        let count = try await room.engine.write(as: room.admin) {
            try webhooks.replayFailed(of: hook.webhook.id, since: begin, $0)
        }
        #expect(count == 1)
        try await room.deliver()
        let (done, attempts) = try await room.engine.read(as: room.admin) {
            try webhooks.delivery(given.id, of: hook.webhook.id, $0)
        }
        #expect(done.state == .done && attempts.count == 13)
        #expect(attempts.first?.answer == "no" && attempts.last?.answer == "taken")
    }

    @Test func `a message that always fails holds up its own record only`() async throws {
        let room = try await Mailroom.open()
        let receiver = try Receiver { $0.body.contains("毒") ? .init(status: 422) : .init() }
        try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.*"]}"#)
        let bad = try await room.make("customers", #"{"name":"毒"}"#, as: room.li)
        for index in 0..<20 { try await room.make("customers", #"{"name":"客户 \#(index)"}"#, as: room.li) }
        try await room.deliver()
        try await room.change("customers", bad, #"{"name":"好"}"#, as: room.li)
        try await room.deliver()
        #expect(Set(receiver.received.map { $0.record["name"]?.string ?? "" }).count == 21)
        #expect(receiver.received.allSatisfy { $0.type == "customer.created" })
    }

    @Test func `both secrets sign while a rotation lasts, and the old one ends`() async throws {
        let (room, receiver) = (try await Mailroom.open(), try Receiver())
        let hook = try await room.subscribe(#"{"address":"\#(receiver.address)","events":["customer.created"]}"#)
        let webhooks = room.webhooks
        let rotated = try await room.engine.write(as: room.admin) { try webhooks.rotate(hook.webhook.id, $0) }
        #expect(rotated.secret != hook.secret)
        try await room.make("customers", #"{"name":"一"}"#, as: room.li)
        try await room.deliver()
        room.clock.advance(hours: 25)
        try await room.make("customers", #"{"name":"二"}"#, as: room.li)
        try await room.deliver()
        let signatures = receiver.received.compactMap { $0.headers["webhook-signature"]?.split(separator: " ") }
        #expect(signatures.map(\.count) == [2, 1])
        // Nobody who has only the database can sign.
        let stored = try await room.engine.database.read { try $0.value("SELECT secret FROM sys_webhook") }
        guard case .blob(let bytes) = stored else { return #expect(Bool(false)) }
        #expect(bytes.count > 24)
    }
}
