import Foundation
import Testing
import Values

/// Reports and dashboards as people use them.
@Suite(.serialized) struct ReportPageTests {
    private static let own = Task { try await Company() }

    private func company() async throws -> Company { try await ReportPageTests.own.value }

    private func made(_ company: Company, _ plural: String, _ body: String, by who: String = "ann") async throws
        -> String
    {
        let answer = try await company.client(who).send("POST", "/api/v1/\(plural)", body)
        return try #require(answer.json["id"]?.string, "\(answer.text)")
    }

    /// The figure over a report.
    private func figure(_ browser: Browser) -> String? {
        browser.page.firstMatch(of: /k-report-sum[^>]*><b>(?:<a[^>]*>)?([^<]*)/).map { String($0.output.1) }
    }

    @Test func `a mark leads to the records that it counts`() async throws {
        let company = try await company()
        for (name, level) in [("柱一", "a"), ("柱二", "a"), ("柱三", "b")] {
            _ = try await made(company, "customers", #"{"name":"\#(name)","level":"\#(level)"}"#)
        }
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/reports/new?object=customers&by=level&filter=name%20starts%20with%20%22%E6%9F%B1%22")
        #expect(browser.status == 200 && figure(browser) == "3", "\(browser.page)")
        let links = browser.page.matches(of: /<a href="(\/customers\?filter=[^"]*)"><rect/).map { String($0.output.1) }
        #expect(links.count == 2)
        try await browser.open(Browser.plain(try #require(links.first)))
        #expect(browser.page.contains("柱一") && browser.page.contains("柱二") && !browser.page.contains("柱三"))
    }

    @Test(arguments: ["bar", "stacked", "line", "area", "donut", "funnel", "number", "table"])
    func `a report is drawn in every shape and says the same in a table`(shape: String) async throws {
        let company = try await company()
        let mark = "形\(shape)"
        _ = try await made(company, "opportunities", #"{"name":"\#(mark)一","amount":"12000"}"#)
        _ = try await made(company, "opportunities", #"{"name":"\#(mark)二","amount":"8000"}"#)
        let browser = try await Browser.logIn("ann", company)
        let filter =
            "name%20starts%20with%20%22\(mark.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")%22"
        let address = "/reports/new?object=opportunities&by=created_at.month&then=stage&what=sum.amount&as=\(shape)"
        try await browser.open("\(address)&when=created_at&span=this_month&compare=1&filter=\(filter)")
        #expect(browser.status == 200)
        #expect(figure(browser) == "¥2万", "\(browser.page)")
        if shape != "number" { #expect(browser.page.contains("k-report-table")) }
        if !["number", "table"].contains(shape) {
            #expect(browser.page.contains("<svg viewBox=") || browser.page.contains("k-donut"))
        }
        try await browser.open("\(address)&what=avg.amount&filter=\(filter)")
        try await browser.open(
            address.replacing("sum.amount", with: "share") + "&part=amount%20%3E%2010000&filter=\(filter)"
        )
        #expect(figure(browser) == "50%")
        try await browser.open(
            address.replacing("sum.amount", with: "ratio.amount") + "&over=probability&filter=\(filter)"
        )
        #expect(browser.status == 200)
    }

    @Test func `a report counts for each person what they may see, and says what they may not`() async throws {
        let company = try await company()
        _ = try await made(company, "customers", #"{"name":"权一"}"#, by: "bo")
        _ = try await made(company, "customers", #"{"name":"权二"}"#, by: "cy")
        let address = "/reports/new?object=customers&as=number&filter=name%20starts%20with%20%22%E6%9D%83%22"
        for (who, count) in [("bo", "1"), ("cy", "1"), ("mei", "2"), ("ann", "2")] {
            let browser = try await Browser.logIn(who, company)
            try await browser.open(address)
            #expect(figure(browser) == count, "\(who)")
        }
        let browser = try await Browser.logIn("bo", company)
        for wrong in [
            "by=nonsense", "what=sum.nonsense", "filter=nonsense%20%3D%201", "when=nonsense", "by=created_at.century",
            "what=share&part=((", "as=nonsense", "span=nonsense&when=created_at",
        ] {
            try await browser.open("/reports/new?object=customers&" + wrong)
            #expect(browser.status == 200 || browser.status == 400, "\(wrong) \(browser.status)")
        }
        try await browser.open("/reports/new?object=nonsense")
        #expect(browser.status == 404)
    }

    @Test func `a report is kept, put on a dashboard, arranged and shared`() async throws {
        let company = try await company()
        let ann = try await Browser.logIn("ann", company)
        try await ann.open("/reports/new?object=customers&by=level&as=donut")
        let request: [(String, String)] = [("object", "customers"), ("by", "level"), ("as", "donut")]
        try await ann.send("/reports", request + [("_action", "new"), ("name", "按级别"), ("sharing", "own")])
        #expect(ann.status == 200 && ann.path.hasPrefix("/reports/new?saved="))
        try await ann.send("/reports", request + [("_action", "pin"), ("title", "级别分布"), ("dashboard", "new")])
        #expect(ann.path.hasPrefix("/reports?board=") && ann.page.contains("级别分布"))
        let board = String(ann.path.dropFirst("/reports?board=".count))
        try await ann.send("/reports", request + [("_action", "pin"), ("title", "第二个"), ("dashboard", board)])
        try await ann.send("/dashboards/" + board, [("_action", "back"), ("tile", "0")])
        let first = try #require(ann.page.range(of: "第二个")?.lowerBound)
        let second = try #require(ann.page.range(of: "级别分布")?.lowerBound)
        #expect(first < second)
        let cy = try await Browser.logIn("cy", company)
        try await cy.open("/reports?board=" + board)
        #expect(!cy.page.contains("级别分布"), "nobody else sees it yet")
        try await ann.send("/dashboards/" + board, [("_action", "rename"), ("name", "大家的"), ("sharing", "all")])
        try await cy.open("/reports?board=" + board)
        #expect(cy.page.contains("级别分布") && cy.page.contains("大家的"))
        try await cy.send("/dashboards/" + board, [("_action", "remove"), ("tile", "0")])
        #expect(cy.page.contains("级别分布"), "what belongs to others is not changed")
        try await cy.send("/dashboards/" + board, [("_action", "copy")])
        #expect(cy.status == 200 && cy.page.contains("name=\"tile\""))
        try await ann.send("/dashboards/" + board, [("_action", "delete")])
        try await ann.open("/reports?board=" + board)
        #expect(!ann.page.contains("级别分布"))
    }

    @Test(arguments: ["sales", "pipeline", "activity", "team"])
    func `the standard dashboards stand for everybody`(board: String) async throws {
        let company = try await company()
        for who in ["ann", "bo", "rita"] {
            let browser = try await Browser.logIn(who, company)
            try await browser.open("/reports?board=" + board)
            #expect(browser.status == 200 && browser.page.contains("k-report-sum"), "\(who) \(board)")
        }
    }
}
