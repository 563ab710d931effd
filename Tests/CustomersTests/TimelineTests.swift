import Customers
import Database
import Identity
import Records
import Schema
import TestFirm
import Testing
import Values

@Suite struct TimelineTests {
    @Test func `the timeline of a customer tells everything in order, page by page`() async throws {
        let clock = MovingClock()
        let firm = try await Firm.open(clock: clock.clock)
        let customer = try await firm.make("customers", #"{"name":"远大"}"#, as: firm.chen).id
        clock.pass(days: 1)
        try await firm.make("contacts", #"{"name":"孙工","customer":"\#(customer)"}"#, as: firm.chen)
        clock.pass(days: 1)
        let deal = try await firm.make(
            "opportunities",
            #"{"name":"看板系统","customer":"\#(customer)"}"#,
            as: firm.chen
        ).id
        for number in 1...5 {
            clock.pass(days: 1)
            try await firm.make(
                "activities",
                #"{"kind":"call","subject":"第\#(number)次","customer":"\#(customer)"}"#,
                as: firm.chen
            )
        }
        // Three in one moment: the cursor must neither lose nor repeat one.
        for number in 6...8 {
            try await firm.make(
                "activities",
                #"{"kind":"note","subject":"第\#(number)次","opportunity":"\#(deal)"}"#,
                as: firm.chen
            )
        }
        clock.pass(days: 1)
        try await firm.change("opportunities", deal, #"{"stage":"interested"}"#, as: firm.chen)
        clock.pass(days: 1)
        try await firm.change("customers", customer, #"{"level":"a"}"#, as: firm.chen)
        let all = try await firm.engine.read(as: firm.chen) { try Timeline.page(customer: customer, $0) }
        #expect(all.next == nil)
        #expect(
            all.items.map(\.kind) == [.changed, .stage] + Array(repeating: .activity, count: 8) + [
                .created, .created, .created,
            ]
        )
        #expect(all.items[0].changes.map(\.after.zh) == ["A（重点客户）"])
        #expect(all.items[1].title.zh == "看板系统：进入“意向客户”阶段")
        #expect(all.items[1].actorName == "陈")
        #expect(all.items.suffix(3).map(\.title.zh) == ["新建商机：看板系统", "新建联系人：孙工", "新建客户"])
        var paged: [TimelineItem] = []
        var cursor: String?
        repeat {
            let from = cursor
            let page = try await firm.engine.read(as: firm.chen) {
                try Timeline.page(customer: customer, before: from, limit: 2, $0)
            }
            paged += page.items
            cursor = page.next
        } while cursor != nil && paged.count < 50
        #expect(paged == all.items)
    }

    @Test func `a timeline tells who had the customer before`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"远大"}"#, as: firm.chen).id
        let heir = try #require(firm.lin.userID)
        try await firm.change("customers", customer, #"{"owner":"\#(heir)"}"#, as: firm.head)
        let page = try await firm.engine.read(as: firm.lin) { try Timeline.page(customer: customer, $0) }
        let change = try #require(page.items.first?.changes.first)
        #expect(page.items.first?.actorName == "主管")
        #expect([change.field.zh, change.before.zh, change.after.zh] == ["负责人", "陈", "林"])
    }

    @Test func `a timeline shows nothing that one may not see`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"共享客户"}"#, as: firm.chen).id
        await #expect(throws: Problem.notFound) {
            try await firm.engine.read(as: firm.lin) { try Timeline.page(customer: customer, $0) }
        }
        try await firm.make("opportunities", #"{"name":"机密","customer":"\#(customer)"}"#, as: firm.chen)
        var narrow = firm.chen
        narrow.rights.objects["opportunity"] = ObjectRights()
        narrow.rights.fields["customer.level"] = .hidden
        try await firm.change("customers", customer, #"{"level":"a"}"#, as: firm.chen)
        let actor = narrow
        let seen = try await firm.engine.read(as: actor) { try Timeline.page(customer: customer, $0) }
        #expect(seen.items.map(\.title.zh) == ["新建客户"])
    }
}
