import Foundation
import Testing
import Values

/// AT20 over the real pages: what one may not see does not exist on any page, and what one may see is there.
@Suite(.serialized) struct PageAccessTests {
    /// Who reaches what. w: reads and changes · r: reads · `.`: as if it did not exist.
    private static let table = [
        "bo's customer": ["ann": "w", "mei": "w", "bo": "w", "cy": ".", "rita": "r"],
        "bo's customer, shared with cy to read": ["ann": "w", "mei": "w", "bo": "w", "cy": "r", "rita": "r"],
        "bo's customer, shared with cy to edit": ["ann": "w", "mei": "w", "bo": "w", "cy": "w", "rita": "r"],
        "ann's customer": ["ann": "w", "mei": ".", "bo": ".", "cy": ".", "rita": "r"],
        "bo's contact": ["ann": "w", "mei": "w", "bo": "w", "cy": ".", "rita": "r"],
        "bo's opportunity": ["ann": "w", "mei": "w", "bo": "w", "cy": ".", "rita": "r"],
        "ann's lead": ["ann": "w", "mei": ".", "bo": ".", "cy": ".", "rita": "r"],
        "bo's activity": ["ann": "w", "mei": "w", "bo": "w", "cy": ".", "rita": "r"],
    ]

    private struct Target {
        let record: String
        let plural: String
        let id: String
        let name: String

        var path: String { "/\(plural)/\(id)" }
        var field: String { plural == "activities" ? "subject" : "name" }
    }

    private func make(_ record: String, _ number: Int, _ company: Company) async throws -> Target {
        let owner = record.hasPrefix("ann") ? "ann" : "bo"
        let kinds = ["contact": "contacts", "opportunity": "opportunities", "lead": "leads", "activity": "activities"]
        let plural = kinds.first { record.contains($0.key) }?.value ?? "customers"
        let name = "雪豹" + String(Array("天地玄黄宇宙洪荒")[number]) + "谷"
        let field = plural == "activities" ? #""kind":"note","subject""# : #""name""#
        let client = company.client(owner)
        let answer = try await client.send("POST", "/api/v1/\(plural)", #"{\#(field):"\#(name)"}"#)
        let id = try #require(answer.json["id"]?.string, "\(answer.text)")
        if record.contains("shared") {
            let me = try await company.client("cy").send("GET", "/api/v1/me").json["id"]?.string ?? ""
            let body = #"{"user":"\#(me)","can_edit":\#(record.contains("edit"))}"#
            #expect(try await client.send("POST", "/api/v1/\(plural)/\(id)/shares", body).status == 201)
        }
        return Target(record: record, plural: plural, id: id, name: name)
    }

    @Test func `every page of every record tells each role what it may know, and no more`() async throws {
        let company = try await Company()
        var targets: [Target] = []
        for (number, record) in PageAccessTests.table.keys.sorted().enumerated() {
            targets.append(try await make(record, number, company))
        }
        var wrong: [String] = []
        for person in ["ann", "mei", "bo", "cy", "rita"] {
            let browser = try await Browser.logIn(person, company)
            for target in targets {
                let right = PageAccessTests.table[target.record]?[person] ?? "."
                wrong += try await differences(browser, target, right).map { "\(person), \(target.record): \($0)" }
            }
        }
        #expect(wrong == [])
    }

    private func differences(_ browser: Browser, _ target: Target, _ right: String) async throws -> [String] {
        var wrong: [String] = []
        let isSeen = right != "."
        let pages = [("", isSeen ? 200 : 404), ("/history", isSeen ? 200 : 404), ("/access", isSeen ? 200 : 404)]
        for (way, status) in pages + [("/edit", right == "w" ? 200 : isSeen ? 403 : 404)] {
            try await browser.open(target.path + way)
            if browser.status != status { wrong.append("\(way) is \(browser.status), expected \(status)") }
            if !isSeen, browser.page.contains(target.name) { wrong.append("\(way) leaks the name") }
        }
        let quoted = "\(target.field) = \"\(target.name)\"".addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        let q = target.name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let lists = [
            "/\(target.plural)", "/\(target.plural)?q=\(q)", "/\(target.plural)?filter=\(quoted ?? "")",
            "/\(target.plural)?sort=-\(target.field)", "/search?q=\(q)",
        ]
        for list in lists {
            try await browser.open(list)
            let shown = browser.page.contains("\"\(target.path)\"")
            if browser.status != 200 || shown != isSeen { wrong.append("\(list): \(browser.status), shown: \(shown)") }
        }
        try await browser.open("/\(target.plural)/export?format=csv")
        if browser.status == 200, browser.page.contains(target.name) != isSeen { wrong.append("export") }
        return wrong + (isSeen ? [] : try await foreign(browser, target))
    }

    /// Addresses that hold the id of a record that the person may not see.
    private func foreign(_ browser: Browser, _ target: Target) async throws -> [String] {
        var wrong: [String] = []
        for way in ["", "/delete", "/restore", "/stage", "/activities", "/done", "/close", "/share", "/convert"] {
            try await browser.open("/account")
            try await browser.post(target.path + way, ["name": "x", "body": "x", "kind": "note", "verb": "win"])
            if browser.status != 404 || browser.page.contains(target.name) {
                wrong.append("POST \(way): \(browser.status)")
            }
        }
        let links = ["customers": "customer", "contacts": "contact", "opportunities": "opportunity", "leads": "lead"]
        guard let link = links[target.plural] else { return wrong }
        try await browser.open("/activities/new?\(link)=\(target.id)")
        if browser.page.contains(target.name) { wrong.append("a new activity names it") }
        try await browser.post(
            "/activities",
            ["kind": "note", "subject": "x", "\(link)": target.id, "_id_\(link)": target.id]
        )
        if browser.status != 422 || browser.page.contains(target.name) {
            wrong.append("an activity was linked to it: \(browser.status)")
        }
        return wrong
    }

    @Test func `the timeline of a shared customer holds only what its reader may see`() async throws {
        let company = try await Company()
        let bo = company.client("bo")
        let customer = try await company.customer("远大", by: "bo")
        let me = try await company.client("cy").send("GET", "/api/v1/me").json["id"]?.string ?? ""
        let share = #"{"user":"\#(me)","can_edit":false}"#
        _ = try await bo.send("POST", "/api/v1/customers/\(customer)/shares", share)
        let deal =
            try await bo.send(
                "POST",
                "/api/v1/opportunities",
                #"{"name":"看板系统","customer":"\#(customer)"}"#
            ).json["id"]?.string ?? ""
        _ = try await bo.send("PATCH", "/api/v1/opportunities/\(deal)", #"{"stage":"interested"}"#)
        _ = try await bo.send("POST", "/api/v1/contacts", #"{"name":"孙工","customer":"\#(customer)"}"#)
        _ = try await bo.send("PATCH", "/api/v1/customers/\(customer)", #"{"level":"a"}"#)
        for number in 1...35 {
            let body = #"{"kind":"call","subject":"第\#(number)次","customer":"\#(customer)"}"#
            _ = try await bo.send("POST", "/api/v1/activities", body)
        }
        for person in ["bo", "cy"] {
            let browser = try await Browser.logIn(person, company)
            try await browser.open("/account")
            try await browser.post("/account/preferences", ["language": person == "bo" ? "zh" : "en"])
            try await browser.open("/customers/\(customer)")
            #expect(browser.page.contains("第35次") && !browser.page.contains("第1次"))
            let next = try #require(browser.page.firstMatch(of: /href="([^"]*before=[^"]*)"/)?.output.1)
            try await browser.open(Browser.plain(String(next)))
            #expect(browser.status == 200 && browser.page.contains("第1次"))
            let texts =
                person == "bo"
                ? ["看板系统：进入“意向客户”阶段", "新建商机：看板系统", "新建联系人：孙工", "修改客户资料", "客户级别：未填写 → A（重点客户）"]
                : ["看板系统: now «Interested»", "New opportunity: 看板系统", "New contact: 孙工", "Changed"]
            for text in texts { #expect(browser.page.contains(text), "\(person): \(text)") }
        }
        let narrow = company.client("ann")
        let roles = try await narrow.send("GET", "/api/v1/roles").json["data"]?.array ?? []
        let seller = try #require(roles.first { $0["key"]?.string == "salesperson" })
        var rights = seller["rights"]?["objects"]?.members ?? []
        rights.removeAll { $0.key == "opportunity" }
        let body = JSONValue.object([
            .init(
                key: "rights",
                value: .object([
                    .init(key: "objects", value: .object(rights)),
                    .init(
                        key: "fields",
                        value: .object([.init(key: "customer.level", value: .string("hidden"))])
                    ),
                ])
            )
        ])
        let changed = try await narrow.send("PATCH", "/api/v1/roles/\(seller["id"]?.string ?? "")", body.text)
        #expect(changed.status == 200, "\(changed.text)")
        let browser = try await Browser.logIn("cy", company)
        var pages = ""
        try await browser.open("/customers/\(customer)")
        pages += browser.page
        let next = try #require(browser.page.firstMatch(of: /href="([^"]*before=[^"]*)"/)?.output.1)
        try await browser.open(Browser.plain(String(next)))
        pages += browser.page
        #expect(!pages.contains("看板系统") && !pages.contains("重点客户") && !pages.contains("A · key"))
        #expect(pages.contains("孙工"))
    }
}
