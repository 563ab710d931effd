import Foundation
import Testing
import Values

/// The pages, as a browser without scripts sees them: one after the other, since many log-ins at once look like an attack.
@Suite(.serialized) struct PageTests {
    private func company() async throws -> Company { try await Company.shared.value }

    @Test func `whoever is not logged in is led to the log-in and back`() async throws {
        let company = try await company()
        let browser = Browser(company)
        try await browser.open("/customers?q=abc")
        #expect(browser.path.hasPrefix("/login?next="))
        #expect(browser.value(of: "_next") == "/customers?q=abc")
        try await browser.post("/login", ["email": "cy@example.com", "password": "wrong", "_next": "/customers"])
        #expect(browser.status == 401)
        #expect(browser.value(of: "email") == "cy@example.com")
        try await browser.post(
            "/login",
            ["email": "cy@example.com", "password": Company.password, "_next": "https://elsewhere.example/"]
        )
        #expect(browser.path == "/")
        #expect(browser.status == 200)
    }

    @Test func `every page speaks both languages, holds no inline code and says where it may load from`() async throws {
        let company = try await company()
        let browser = try await Browser.logIn("ann", company)
        let customer = try await company.customer("页面测试 & <公司>")
        let paths = [
            "/", "/customers", "/customers?q=zzz", "/customers/new", "/customers/\(customer)",
            "/customers/\(customer)/edit", "/customers/\(customer)/history", "/customers/\(customer)/access",
            "/opportunities", "/leads/new", "/activities", "/search?q=a", "/account", "/bin", "/nothing/here/at/all",
        ]
        for (language, tag) in [("en", "lang=\"en\""), ("zh", "lang=\"zh-CN\"")] {
            try await browser.open("/account")
            try await browser.post("/account/preferences", ["language": language, "time_zone": "Asia/Shanghai"])
            for path in paths {
                try await browser.open(path)
                #expect(browser.page.contains("<html " + tag), "\(path)")
                #expect(browser.status == (path.hasPrefix("/nothing") ? 404 : 200), "\(path)")
                #expect(!browser.page.contains(" style="), "\(path)")
                #expect(!browser.page.contains("<style") && !browser.page.contains("onclick"), "\(path)")
                let scripts = browser.page.components(separatedBy: "<script").dropFirst()
                #expect(!scripts.isEmpty && scripts.allSatisfy { $0.hasPrefix(" ") }, "\(path)")
                #expect(scripts.allSatisfy { $0.prefix { $0 != ">" }.contains("src=\"/") }, "\(path)")
                #expect(scripts.allSatisfy { $0.drop { $0 != ">" }.hasPrefix("></script>") }, "\(path)")
                let policy = browser.headers["content-security-policy"] ?? ""
                #expect(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "\(path)")
                #expect(!browser.page.contains("<公司>"), "\(path)")
            }
            try await browser.open("/customers")
            #expect(browser.page.contains(language == "en" ? "Customer" : "客户名称"))
        }
        try await browser.open("/account")
        try await browser.post("/account/preferences", ["language": "en"])
    }

    @Test func `a form keeps what was typed and says what is wrong beside the field`() async throws {
        let browser = try await Browser.logIn("ann", try await company())
        try await browser.open("/customers/new")
        try await browser.post(
            "/customers",
            ["name": "", "type": "company", "email": "not an address", "description": "远方的客户 <b>"]
        )
        #expect(browser.status == 422)
        #expect(browser.value(of: "email") == "not an address")
        #expect(browser.page.contains("远方的客户 &lt;b&gt;"))
        #expect(browser.page.contains("id=\"f-name-error\""))
        try await browser.post(
            "/customers",
            ["name": "Typed in a form", "type": "company", "parent": "nobody has this"]
        )
        #expect(browser.status == 422)
        #expect(browser.page.contains("id=\"f-parent-error\""))
        try await browser.post("/customers", ["name": "Typed in a form", "type": "company", "phone": "138 0013 8000"])
        #expect(browser.status == 200)
        #expect(browser.page.contains("Typed in a form"))
        #expect(browser.page.contains("138 0013 8000"))
    }

    @Test func `a link is typed by its name`() async throws {
        let company = try await company()
        let browser = try await Browser.logIn("ann", company)
        let parent = try await company.customer("Only One Holding")
        try await browser.open("/customers/new")
        try await browser.post(
            "/customers",
            ["name": "Daughter", "type": "company", "parent": "Only One Holding", "registered_capital": "1,000,000"]
        )
        #expect(browser.status == 200)
        #expect(browser.page.contains("/customers/\(parent)"))
        #expect(browser.page.contains("¥1,000,000"))
        _ = try await company.customer("Twins")
        _ = try await company.customer("Twins")
        try await browser.open("/customers/new")
        try await browser.post("/customers", ["name": "Third", "type": "company", "parent": "Twins"])
        #expect(browser.status == 422)
        #expect(browser.value(of: "parent") == "Twins")
    }

    @Test func `who saves an old version sees both values and may save again`() async throws {
        let company = try await company()
        let browser = try await Browser.logIn("ann", company)
        let id = try await company.customer("Before")
        try await browser.open("/customers/\(id)/edit")
        let version = browser.value(of: "_version") ?? ""
        _ = try await company.client("ann").send("PATCH", "/api/v1/customers/\(id)", #"{"name":"Theirs"}"#)
        try await browser.post("/customers/\(id)", ["name": "Mine", "type": "company", "_version": version])
        #expect(browser.status == 412)
        #expect(browser.value(of: "name") == "Mine")
        #expect(browser.page.contains("Theirs"))
        let next = browser.value(of: "_version") ?? ""
        #expect(next != version)
        try await browser.post("/customers/\(id)", ["name": "Mine", "type": "company", "_version": next])
        #expect(browser.status == 200)
        #expect(browser.page.contains("Mine"))
    }

    @Test func `a salesperson sees only her own on every page`() async throws {
        let company = try await company()
        let secret = try await company.customer("Geheimer Kunde")
        let own = try await company.customer("Bo's customer", by: "bo")
        let browser = try await Browser.logIn("bo", company)
        for path in ["/", "/customers", "/customers?q=Geheimer", "/search?q=Geheimer", "/customers/\(own)", "/bin"] {
            try await browser.open(path)
            #expect(browser.status == 200, "\(path)")
            #expect(!browser.page.contains("Geheimer Kunde") && !browser.page.contains(secret), "\(path)")
        }
        for path in ["", "/edit", "/history", "/access"] {
            try await browser.open("/customers/\(secret)" + path)
            #expect(browser.status == 404, "\(path)")
        }
        try await browser.open("/customers")
        try await browser.post("/customers/bulk", ["_action": "delete", "id": secret])
        #expect(try await company.client("ann").send("GET", "/api/v1/customers/\(secret)").status == 200)
        try await browser.open("/settings")
        #expect(browser.status >= 403)
    }

    @Test func `a form without the token of the session changes nothing`() async throws {
        let company = try await company()
        let browser = try await Browser.logIn("ann", company)
        let id = try await company.customer("Stays")
        try await browser.post("/customers/\(id)/delete", [:], token: false)
        #expect(browser.status == 403)
        let stranger = Browser(company)
        try await stranger.post("/customers/\(id)/delete", [:])
        #expect(stranger.path.hasPrefix("/login"))
        #expect(try await company.client("ann").send("GET", "/api/v1/customers/\(id)").status == 200)
    }

    @Test func `the timeline takes a call and its next step`() async throws {
        let company = try await company()
        let browser = try await Browser.logIn("bo", company)
        let id = try await company.customer("Called", by: "bo")
        try await browser.open("/customers/\(id)")
        try await browser.post("/customers/\(id)/activities", ["kind": "call", "body": ""])
        #expect(browser.status == 422)
        try await browser.post(
            "/customers/\(id)/activities",
            [
                "kind": "call", "body": "Asked for a price list", "duration_minutes": "25",
                "next_step": "Send the list",
                "next_on": String(Clock.system.now().description.prefix(10)),
            ]
        )
        #expect(browser.status == 200)
        #expect(browser.page.contains("Asked for a price list"))
        #expect(browser.page.contains("25 min") || browser.page.contains("25分钟"))
        #expect(browser.page.contains("Send the list"))
        try await browser.open("/")
        #expect(browser.page.contains("Send the list"))
    }

    @Test func `a deleted record comes back by the button`() async throws {
        let company = try await company()
        let browser = try await Browser.logIn("ann", company)
        let id = try await company.customer("Deleted and back")
        try await browser.open("/customers/\(id)")
        try await browser.post("/customers/\(id)/delete", [:])
        #expect(browser.path == "/customers")
        #expect(browser.page.contains("/customers/\(id)/restore"))
        try await browser.post("/customers/\(id)/restore", [:])
        #expect(browser.path == "/customers/\(id)")
        #expect(browser.page.contains("Deleted and back"))
    }

    @Test func `a wrong filter says where it is wrong`() async throws {
        let browser = try await Browser.logIn("ann", try await company())
        try await browser.open("/customers?filter=nosuchfield%20%3D%201")
        #expect(browser.status == 400)
        #expect(browser.page.contains("k-filter-error"))
        #expect(browser.page.contains("<mark>nosuchfield</mark>"))
    }

    @Test func `stages are moved by a button and a loss asks why`() async throws {
        let company = try await company()
        let browser = try await Browser.logIn("ann", company)
        let customer = try await company.customer("Has a deal")
        let input = #"{"name":"A deal","customer":"\#(customer)","close_on":"2030-01-31"}"#
        let made = try await company.client("ann").send("POST", "/api/v1/opportunities", input)
        let id = try #require(made.json["id"]?.string, "\(made.text)")
        try await browser.open("/opportunities/\(id)")
        #expect(browser.page.contains("k-path"))
        let before = try await stage(of: id, company)
        let version = try #require(browser.value(of: "_version"))
        let buttons = browser.page.components(separatedBy: "name=\"stage\" value=\"").dropFirst()
            .map { String($0.prefix { $0 != "\"" }) }
        let next = try #require(buttons.first)
        #expect(!buttons.contains(before))
        try await browser.post("/opportunities/\(id)/stage", ["stage": next, "_version": version])
        #expect(browser.status == 200)
        #expect(try await stage(of: id, company) == next)
        try await browser.post("/opportunities/\(id)/stage", ["stage": "lost"])
        #expect(browser.status == 422)
        #expect(browser.page.contains("id=\"f-loss_reason-error\""))
        #expect(try await stage(of: id, company) == next)
    }

    private func stage(of id: String, _ company: Company) async throws -> String {
        let answer = try await company.client("ann").send("GET", "/api/v1/opportunities/\(id)?fields=stage")
        return answer.json["stage"]?.string ?? ""
    }
}
