import Foundation
import Testing
import Values

/// What is done on the pages of lists and records.
@Suite(.serialized) struct RecordPageTests {
    /// A company of their own: pages speak the language of the person, which other tests change.
    private static let own = Task { try await Company() }

    private func company() async throws -> Company { try await RecordPageTests.own.value }

    private func made(_ company: Company, _ plural: String, _ body: String) async throws -> String {
        let answer = try await company.client("ann").send("POST", "/api/v1/\(plural)", body)
        return try #require(answer.json["id"]?.string, "\(answer.text)")
    }

    @Test func `products of an opportunity are added, changed and deleted on its page`() async throws {
        let company = try await company()
        let product = try await made(company, "products", #"{"name":"球阀 DN50","price":"120"}"#)
        let deal = try await made(company, "opportunities", #"{"name":"阀门年度框架","amount":"5"}"#)
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/opportunities/\(deal)")
        #expect(browser.page.contains("action=\"/opportunity_lines\""))
        try await browser.post(
            "/opportunity_lines",
            [
                "opportunity": deal, "_back": "/opportunities/\(deal)", "product": "球阀 DN50", "quantity": "3",
                "discount": "10",
            ]
        )
        #expect(browser.path == "/opportunities/\(deal)" && browser.status == 200)
        #expect(browser.page.contains("324.00") && browser.page.contains("球阀 DN50"))
        try await browser.post(
            "/opportunity_lines",
            ["opportunity": deal, "_back": "/opportunities/\(deal)", "product": product, "price": "1.50"]
        )
        #expect(browser.page.contains("325.50"))
        try await browser.open("/opportunities/\(deal)/edit")
        let amount = try #require(browser.page.firstMatch(of: /<input[^>]*name="amount"[^>]*>/)?.output)
        #expect(amount.contains("disabled"), "the amount follows from the products")
        try await browser.open("/opportunities/\(deal)")
        let edit = try #require(browser.page.firstMatch(of: /href="(\/opportunity_lines\/[^"]*edit[^"]*)"/)?.output.1)
        try await browser.open(Browser.plain(String(edit)))
        #expect(browser.status == 200)
        #expect(browser.page.contains("name=\"_back\" value=\"/opportunities/\(deal)\""))
        try await browser.open("/opportunities/\(deal)")
        let delete = try #require(browser.action(containing: "/delete"))
        let lines = browser.page.components(separatedBy: "action=\"/opportunity_lines/").dropFirst()
        let line = try #require(lines.first.map { String($0.prefix { $0 != "\"" }) })
        #expect(!delete.isEmpty)
        try await browser.post("/opportunity_lines/\(line)", ["_back": "/opportunities/\(deal)"])
        #expect(browser.path == "/opportunities/\(deal)" && browser.status == 200)
        let shown = try await company.client("ann").send("GET", "/api/v1/opportunities/\(deal)")
        #expect(["324.00", "1.50"].contains(shown.json["amount"]?["value"]?.string ?? ""))
    }

    @Test func `prices are reached from their price book, posts from their contact`() async throws {
        let company = try await company()
        let book = try await made(company, "price_books", #"{"name":"经销商价"}"#)
        let product = try await made(company, "products", #"{"name":"蝶阀 DN80"}"#)
        let contact = try await made(company, "contacts", #"{"name":"孙工"}"#)
        let customer = try await company.customer("兼职公司")
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/price_books/\(book)")
        #expect(browser.page.contains("action=\"/price_book_entries\""))
        try await browser.post(
            "/price_book_entries",
            ["book": book, "_back": "/price_books/\(book)", "product": product, "price": "88"]
        )
        #expect(browser.path == "/price_books/\(book)" && browser.page.contains("88.00"))
        try await browser.open("/contacts/\(contact)")
        try await browser.post(
            "/contact_roles",
            ["contact": contact, "_back": "/contacts/\(contact)", "customer": customer, "title": "顾问"]
        )
        #expect(browser.path == "/contacts/\(contact)" && browser.page.contains("兼职公司"))
        try await browser.open("/products/\(product)")
        #expect(browser.page.contains("/price_book_entries/"))
    }

    @Test func `an opportunity is won or lost by a button, lost only with a reason`() async throws {
        let company = try await company()
        let deal = try await made(company, "opportunities", #"{"name":"泵站改造"}"#)
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/opportunities/\(deal)")
        #expect(browser.page.contains("/opportunities/\(deal)/close"))
        try await browser.post("/opportunities/\(deal)/close", ["verb": "lose", "reason": ""])
        #expect(browser.page.contains("请填写输单原因。"))
        try await browser.post("/opportunities/\(deal)/close", ["verb": "lose", "reason": "price", "note": "贵 12%"])
        let client = company.client("ann")
        let lost = try await client.send("GET", "/api/v1/opportunities/\(deal)").json
        #expect(lost["outcome"]?.string == "lost" && lost["loss_reason"]?.string == "price")
        #expect(lost["loss_note"]?.string == "贵 12%")
        #expect(!browser.page.contains("/opportunities/\(deal)/close"), "what is closed has no such buttons")
        let other = try await made(company, "opportunities", #"{"name":"风机"}"#)
        try await browser.post("/opportunities/\(other)/close", ["verb": "win"])
        let won = try await client.send("GET", "/api/v1/opportunities/\(other)").json
        #expect(won["outcome"]?.string == "won")
        try await browser.post("/opportunities/\(other)/close", ["verb": "purge"])
        #expect(browser.status == 404)
    }

    @Test func `one field is put back from the history, by who may change it`() async throws {
        let company = try await company()
        let customer = try await company.customer("回滚公司")
        let ann = company.client("ann")
        for phone in ["13800001111", "13800002222"] {
            _ = try await ann.send("PATCH", "/api/v1/customers/\(customer)", #"{"phone":"\#(phone)","level":"a"}"#)
        }
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/customers/\(customer)/history")
        let seq = try #require(browser.value(of: "seq"))
        try await browser.post("/customers/\(customer)/rollback", ["seq": seq, "field": "phone"])
        #expect(browser.path == "/customers/\(customer)/history" && browser.status == 200)
        let now = try await ann.send("GET", "/api/v1/customers/\(customer)").json
        #expect(now["phone"]?.string?.contains("13800001111") == true && now["level"]?.string == "a")
        try await browser.post("/customers/\(customer)/rollback", ["seq": seq, "field": "created_at"])
        #expect(browser.status == 404)
        let rita = try await Browser.logIn("rita", company)
        try await rita.open("/customers/\(customer)/history")
        #expect(rita.status == 200 && !rita.page.contains("/rollback"))
        try await rita.post("/customers/\(customer)/rollback", ["seq": seq, "field": "phone"])
        let still = try await ann.send("GET", "/api/v1/customers/\(customer)").json
        #expect(still["version"]?.integer == now["version"]?.integer)
    }

    @Test func `the history names what was linked and who was in charge, as far as its reader may see them`()
        async throws
    {
        let company = try await company()
        let customer = try await company.customer("集团分公司")
        let ann = company.client("ann")
        var parents: [String] = []
        for name in ["甲集团", "乙集团", "丙集团"] {
            parents.append(try await company.customer(name))
            _ = try await ann.send("PATCH", "/api/v1/customers/\(customer)", #"{"parent":"\#(parents.last ?? "")"}"#)
        }
        _ = try await ann.send("DELETE", "/api/v1/customers/\(parents[0])")
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/customers/\(customer)/history")
        #expect(browser.status == 200)
        #expect(browser.page.contains("乙集团") && browser.page.contains("丙集团"))
        #expect(!browser.page.contains("甲集团"), "what is in the recycle bin is not named")
    }

    @Test func `the days offered for a task are days of work`() async throws {
        let company = try await company()
        let customer = try await company.customer("节后再谈")
        let ann = try await Browser.logIn("ann", company)
        func offered() async throws -> [String] {
            try await ann.open("/customers/\(customer)")
            return ann.page.matches(of: /data-fill="f-due_on" value="([0-9-]+)"/).map { String($0.output.1) }
        }
        let before = try await offered()
        #expect(before.count >= 3 && Set(before).count == before.count && before == before.sorted(), "\(before)")
        let next = try #require(before.dropFirst().first.flatMap { Day($0) })
        let year = String(next.parts.year)
        try await ann.post(
            "/settings/days",
            ["_action": "mark", "year": year, "first": next.description, "last": next.description, "kind": "off"]
        )
        let after = try await offered()
        #expect(!after.contains(next.description), "\(next): \(after)")
        #expect(after.first == before.first, "today may be chosen, whatever day it is")
    }

    @Test func `the columns of a list are everybody's own choice`() async throws {
        let company = try await company()
        _ = try await company.customer("列选择公司")
        let (ann, rita) = (try await Browser.logIn("ann", company), try await Browser.logIn("rita", company))
        func headings(_ browser: Browser) async throws -> [String] {
            try await browser.open("/customers")
            let cells = browser.page.matches(of: /data-label="([^"]*)"/).map { String($0.output.1) }
            return cells.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
        let usual = try await headings(rita)
        #expect(usual.contains("电话") && !usual.contains("网址"))
        _ = try await headings(ann)
        try await ann.send(
            "/customers/columns",
            [
                ("column", "level"), ("place_level", "2"), ("column", "website"), ("place_website", "1"),
                ("column", "nonsense"),
            ]
        )
        #expect(try await headings(ann) == ["网址", "客户级别"])
        #expect(try await headings(rita) == usual)
        try await ann.send("/customers/columns", [("column", "level"), ("_action", "reset")])
        #expect(try await headings(ann) == usual)
        try await ann.open("/customers/export?format=jsonl")
        #expect(ann.status == 200 && ann.page.contains("\"name\":\"列选择公司\""))
    }

    @Test func `a second factor is set up by a code that a phone can scan`() async throws {
        let company = try await Company()
        let browser = try await Browser.logIn("bo", company)
        try await browser.open("/account")
        try await browser.post("/account/factor", [:])
        #expect(browser.page.contains("<svg class=\"k-qr\"") && browser.page.contains("otpauth://totp/"))
        #expect(!browser.page.contains(" style="))
    }

    @Test func `administrators see alerts on their start page and say that they have seen them`() async throws {
        let company = try await Company()
        let ann = company.client("ann")
        let set = try await ann.send("PATCH", "/api/v1/settings", #"{"night_from":"00:01","night_to":"00:00"}"#)
        #expect(set.status == 200 && set.json["night_to"]?.string == "00:00", "\(set.text)")
        #expect(try await ann.send("PATCH", "/api/v1/settings", #"{"night_from":"noon"}"#).status == 422)
        let bo = try await Browser.logIn("bo", company)
        #expect(!bo.page.contains("/settings/alerts"))
        try await bo.open("/settings/alerts")
        #expect(bo.status == 403)
        #expect(try await company.client("bo").send("GET", "/api/v1/alerts").status == 403)
        let browser = try await Browser.logIn("ann", company)
        #expect(browser.page.contains("/settings/alerts"))
        let alerts = try await ann.send("GET", "/api/v1/alerts?seen=false").json["data"]?.array ?? []
        #expect(alerts.count == 2 && alerts.allSatisfy { $0["kind"]?.string == "night_log_in" })
        try await browser.open("/settings/alerts")
        #expect(browser.page.contains("夜间登录") && browser.page.contains("Bo"))
        let id = try #require(alerts.first { $0["user"]?["name"]?.string == "Bo" }?["id"]?.string)
        try await browser.post("/settings/alerts/\(id)/seen", [:])
        #expect(!browser.page.contains(id))
        let other = try #require(alerts.first { $0["id"]?.string != id }?["id"]?.string)
        let seen = try await ann.send("POST", "/api/v1/alerts/\(other)/seen", "{}")
        #expect(seen.status == 200 && seen.json["seen_by"]?.string == "Ann")
        #expect(try await ann.send("GET", "/api/v1/alerts?seen=false").json["data"]?.array?.isEmpty == true)
        try await browser.open("/settings/workspace")
        #expect(browser.value(of: "night_to") == "00:00")
    }
}
