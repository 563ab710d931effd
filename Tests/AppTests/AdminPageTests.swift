import App
import Foundation
import Operations
import Testing
import Values

/// The administration, as a browser without scripts sees it.
@Suite(.serialized) struct AdminPageTests {
    /// A company of its own, since definitions and people change here. It lives as long as the tests.
    private static let own = Task { try await Company() }

    private func administrator() async throws -> (Browser, Company) {
        let company = try await AdminPageTests.own.value
        let browser = try await Browser.logIn("ann", company)
        try await browser.post("/preferences", ["language": "en", "_back": "/settings"])
        return (browser, company)
    }

    /// Presses «Do it» on the page that shows what a change will do.
    private func confirm(_ browser: Browser) async throws {
        try #require(browser.page.contains("_confirmed"))
        let body = browser.page.components(separatedBy: "<main").last ?? ""
        let action = body.components(separatedBy: "<form class=\"k-panel\" method=\"post\" action=\"").last ?? ""
        var fields: [(String, String)] = []
        for part in action.components(separatedBy: "<input type=\"hidden\" name=\"").dropFirst() {
            let name = String(part.prefix { $0 != "\"" })
            let value = part.components(separatedBy: "value=\"")[1].prefix { $0 != "\"" }
            if name != "_csrf" { fields.append((name, Browser.plain(String(value)))) }
        }
        try await browser.send(String(action.prefix { $0 != "\"" }), fields)
    }

    @Test func `every page of the administration opens in both languages`() async throws {
        let (browser, _) = try await administrator()
        let paths = [
            "/settings", "/settings/workspace", "/settings/users", "/settings/teams", "/settings/roles",
            "/settings/objects", "/settings/objects/customer", "/settings/objects/customer/fields/level",
            "/settings/audit", "/settings/log-ins", "/bin", "/imports", "/imports/new?object=customers",
        ]
        for language in ["zh", "en"] {
            try await browser.open("/settings")
            try await browser.post("/preferences", ["language": language, "_back": "/settings"])
            for path in paths {
                try await browser.open(path)
                #expect(browser.status == 200, "\(path)")
                #expect(browser.page.contains(language == "zh" ? "lang=\"zh-CN\"" : "lang=\"en\""), "\(path)")
                #expect(!browser.page.contains(" style="), "\(path)")
            }
        }
    }

    @Test func `a salesperson gets a page that says which right is missing`() async throws {
        let company = try await Company.shared.value
        let browser = try await Browser.logIn("bo", company)
        for path in [
            "/settings", "/settings/workspace", "/settings/users", "/settings/teams", "/settings/roles",
            "/settings/objects", "/settings/objects/customer", "/settings/audit", "/settings/log-ins",
            "/imports/new?object=customers", "/customers/export",
        ] {
            try await browser.open(path)
            #expect(browser.status == 403, "\(path)")
        }
        try await browser.open("/customers")
        #expect(!browser.page.contains("href=\"/settings\""))
        try await browser.post("/settings/teams", ["name": "Mine"])
        #expect(browser.status == 403)
        try await browser.post("/settings/objects", ["zh": "我的", "en": "Mine"])
        #expect(browser.status == 403)
    }

    @Test func `a person who is added sets a password by the link and comes in`() async throws {
        let (browser, company) = try await administrator()
        try await browser.open("/settings/users")
        try await browser.post("/settings/users", ["name": "Zoe", "email": "not an address"])
        #expect(browser.status == 422)
        #expect(browser.value(of: "name") == "Zoe")
        try await browser.post("/settings/users", ["name": "Zoe", "email": "zoe@example.com"])
        let link = browser.page.components(separatedBy: "<code id=\"k-secret\">").last?.prefix { $0 != "<" } ?? ""
        let path = try #require(link.range(of: "/invite/")).lowerBound
        let zoe = Browser(company)
        try await zoe.open(String(link[path...]))
        #expect(zoe.page.contains("zoe@example.com"))
        try await zoe.post(String(link[path...]), ["password": "a whale in the bath", "again": "a whale in the bath"])
        try await zoe.post("/login", ["email": "zoe@example.com", "password": "a whale in the bath"])
        #expect(zoe.status == 200)
        #expect(zoe.path == "/")
    }

    @Test func `an archive in which attachments are missing is told as the last backup`() async throws {
        let (browser, company) = try await administrator()
        try await browser.open("/settings/backup")
        #expect(browser.page.contains("No backup has been made yet."))
        let archives = ArchiveFolder(company.workspace.upkeep.folder, workspace: "acme")
        try archives.make()
        let path = archives.faultyArchive(at: Clock.system.now())
        try Data().write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await browser.open("/settings/backup")
        #expect(!browser.page.contains("No backup has been made yet."))
        #expect(browser.page.contains("Attachments are missing or damaged in it."))
    }

    @Test func `a leaver's records go to a colleague and the page says how many`() async throws {
        let (browser, company) = try await administrator()
        _ = try await company.customer("Handed over", by: "bo")
        try await browser.open("/settings/users")
        let ids = browser.page.components(separatedBy: "href=\"/settings/users/").dropFirst().map {
            String($0.prefix(13))
        }
        var people: [String: String] = [:]
        for id in Set(ids) {
            try await browser.open("/settings/users/\(id)")
            people[browser.value(of: "email") ?? ""] = id
        }
        let (bo, cy) = (try #require(people["bo@example.com"]), try #require(people["cy@example.com"]))
        try await browser.post("/settings/users/\(bo)/handover", ["to": cy])
        #expect(browser.page.contains("1 record handed over"))
        try await browser.post("/settings/users/\(bo)/disable", [:])
        let late = Browser(company)
        try await late.post("/login", ["email": "bo@example.com", "password": Company.password])
        #expect(late.status != 200)
    }

    @Test func `an object and a field of one's own are planned, shown, made, removed and restored`() async throws {
        let (browser, _) = try await administrator()
        try await browser.open("/settings/objects")
        try await browser.post("/settings/objects", ["zh": "合同", "en": "Contract", "en_plural": "Contracts"])
        #expect(browser.page.contains("CREATE TABLE"))
        try await confirm(browser)
        #expect(browser.path == "/settings/objects/x_contract")
        let base = "/settings/objects/x_contract"
        try await browser.post(base + "/fields", ["zh": "", "en": "", "kind": "text"])
        #expect(browser.status == 422)
        try await browser.post(
            base + "/fields",
            ["zh": "状态", "en": "State", "kind": "choice", "choices": "draft, Draft, 草稿\nsigned, Signed, 已签"]
        )
        try await confirm(browser)
        #expect(browser.page.contains("x_state"))
        try await browser.post(base + "/fields", ["en": "Twice", "kind": "formula", "formula": "x_nothing +"])
        #expect(browser.status == 422)
        try await browser.post(base + "/fields/x_state/delete", [:])
        try await confirm(browser)
        #expect(!browser.page.contains("href=\"\(base)/fields/x_state\""))
        try await browser.post(base + "/fields/x_state/restore", [:])
        #expect(browser.page.contains("href=\"\(base)/fields/x_state\""))
        try await browser.open("/x_contracts")
        #expect(browser.status == 200)
    }

    @Test func `a choice that records have is removed only with another to move them to`() async throws {
        let (browser, company) = try await administrator()
        let id = try await company.customer("Moved")
        _ = try await company.client("ann").send("PATCH", "/api/v1/customers/\(id)", #"{"level":"a"}"#)
        let field = "/settings/objects/customer/fields/level"
        try await browser.open(field)
        try await browser.post(field + "/choices/a/delete", [:])
        #expect(browser.status == 409)
        #expect(browser.page.contains("name=\"move_to\""))
        try await browser.post(field + "/choices/a/delete", ["move_to": "b"])
        try await confirm(browser)
        let answer = try await company.client("ann").send("GET", "/api/v1/customers/\(id)")
        #expect(answer.json["level"]?.string == "b")
    }

    @Test func `a deleted record is restored from the recycle bin or deleted for ever`() async throws {
        let (browser, company) = try await administrator()
        let (first, second) = (try await company.customer("Binned one"), try await company.customer("Binned two"))
        for id in [first, second] { _ = try await company.client("ann").send("DELETE", "/api/v1/customers/\(id)") }
        try await browser.open("/bin?object=customers")
        #expect(browser.page.contains("Binned one"))
        try await browser.post("/bin/customers", ["id": first, "_action": "restore"])
        #expect(!browser.page.contains("Binned one"))
        try await browser.post("/bin/customers", ["id": second, "_action": "purge"])
        #expect(!browser.page.contains("Binned two"))
        let answer = try await company.client("ann").send("GET", "/api/v1/customers/\(first)")
        #expect(answer.status == 200)
    }

    @Test func `a role's matrix is stored as it was ticked`() async throws {
        let (browser, company) = try await administrator()
        try await browser.open("/settings/roles")
        try await browser.post("/settings/roles", ["name": "Auditor"])
        try await browser.post(
            browser.path,
            [
                "name": "Auditor", "customer.read": "all", "customer.export": "true", "*.read": "own",
                "capability": "audit",
            ]
        )
        let answer = try await company.client("ann").send("GET", "/api/v1/roles")
        let role = try #require(answer.json["data"]?.array?.first { $0["key"]?.string == "auditor" })
        let text = role.text
        #expect(text.contains(#""customer":{"read":"all","export":true}"#))
        #expect(text.contains(#""*":{"read":"own"}"#))
        #expect(text.contains("audit"))
    }
}
