import Foundation
import Testing
import Values

/// Importing and exporting by pages, without scripts.
@Suite struct ImportPageTests {
    private static let own = Task { try await Company() }

    @Test func `a file of a Chinese spreadsheet is read, tried, imported and its errors are given back`() async throws {
        let company = try await ImportPageTests.own.value
        let browser = try await Browser.logIn("ann", company)
        try await browser.post("/preferences", ["language": "en", "_back": "/imports/new?object=customers"])
        let text = "客户名称,电话,客户级别\n长风科技,13800138000,A\n未知公司,13800138001,没有这种\n"
        try await browser.upload("客户.csv", Array(text.utf8), object: "customers")
        #expect(browser.path.hasPrefix("/imports/drafts/"))
        #expect(browser.page.contains("UTF-8"))
        #expect(browser.page.contains("value=\"phone\" selected"))
        let draft = browser.path
        try await browser.post(
            draft,
            ["map.0": "name", "map.1": "phone", "map.2": "level", "mode": "create", "_action": "try"]
        )
        #expect(browser.page.contains("Say what these values mean: 没有这种"))
        // Left as it is, a value that fits no choice is an error of its row.
        try await browser.post(
            draft,
            [
                "map.0": "name", "map.1": "phone", "map.2": "level", "val.2.0": "", "val.2.1": "", "mode": "create",
                "_action": "try",
            ]
        )
        try await settled(browser)
        #expect(browser.page.contains("Trial finished"))
        #expect(try await count(company) == 0)
        let run = try #require(browser.action(containing: "/run"))
        try await browser.post(run, [:])
        try await settled(browser)
        #expect(browser.page.contains("Import finished"))
        #expect(browser.page.contains("没有这种"))
        #expect(try await count(company) == 1)
        let errors = String(browser.path.prefix { $0 != "?" }) + "/errors"
        try await browser.open(errors)
        #expect(browser.page.contains("未知公司"))
        #expect(!browser.page.contains("长风科技"))
        try await browser.open("/customers/export?format=csv")
        #expect(browser.page.contains("长风科技"))
        try await browser.open("/imports")
        #expect(browser.page.contains("客户.csv"))
    }

    @Test func `the street of an address has its own choice beside the other parts`() async throws {
        let browser = try await Browser.logIn("ann", try await ImportPageTests.own.value)
        try await browser.post("/preferences", ["language": "en", "_back": "/imports/new?object=customers"])
        let text = "客户名称,省份,城市,地址\n长街公司,四川省,成都市,中山路242号\n"
        try await browser.upload("地址.csv", Array(text.utf8), object: "customers")
        #expect(browser.page.contains("value=\"address.city\" selected"))
        #expect(browser.page.contains("value=\"address.street\" selected"))
    }

    @Test func `when and by whom records were made is offered to those alone who may bring it along`() async throws {
        let company = try await ImportPageTests.own.value
        let text = "客户名称,创建时间,创建人\n早年公司,2019-03-01,Ann\n"
        let ann = try await Browser.logIn("ann", company)
        try await ann.open("/imports/new?object=customers")
        try await ann.upload("老客户.csv", Array(text.utf8), object: "customers")
        #expect(ann.page.contains("value=\"created_at\" selected"))
        #expect(ann.page.contains("value=\"created_by\" selected"))
        let mei = try await Browser.logIn("mei", company)
        try await mei.open("/imports/new?object=customers")
        try await mei.upload("老客户.csv", Array(text.utf8), object: "customers")
        #expect(mei.path.hasPrefix("/imports/drafts/"))
        #expect(!mei.page.contains("value=\"created_at\""))
        #expect(!mei.page.contains("value=\"created_by\""))
    }

    @Test func `what is no table is refused beside the choice of the file`() async throws {
        let browser = try await Browser.logIn("ann", try await ImportPageTests.own.value)
        try await browser.post("/preferences", ["language": "en", "_back": "/imports/new?object=customers"])
        try await browser.upload("book.xlsx", [0x50, 0x4B, 0x03, 0x04, 0, 0], object: "customers")
        #expect(browser.status == 400)
        #expect(browser.page.contains("damaged or did not arrive whole"))
        try await browser.upload("old.xls", [0xD0, 0xCF, 0x11, 0xE0, 0, 0], object: "customers")
        #expect(browser.status == 415)
        #expect(browser.page.contains("Save it as"))
        try await browser.upload("empty.csv", [], object: "customers")
        #expect(browser.status == 400)
        #expect(browser.page.contains("The file is empty"))
    }

    @Test func `nobody sees the file that somebody else has uploaded`() async throws {
        let company = try await Company.shared.value
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/imports/new?object=customers")
        try await browser.upload("mine.csv", Array("name\nSecret company\n".utf8), object: "customers")
        let draft = browser.path
        let other = try await Browser.logIn("mei", company)
        try await other.open(draft)
        #expect(!other.page.contains("Secret company"))
    }

    private func settled(_ browser: Browser) async throws {
        for _ in 0..<100 where browser.headers["refresh"] != nil {
            try await Task.sleep(for: .milliseconds(50))
            try await browser.open(browser.path)
        }
    }

    private func count(_ company: Company) async throws -> Int64 {
        let answer = try await company.client("ann").send("GET", "/api/v1/customers?total=true&limit=1")
        return answer.json["total"]?.integer ?? -1
    }
}
