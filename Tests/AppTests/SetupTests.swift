import Foundation
import Testing
import Values

/// Setting up a new workspace, working days and layouts.
@Suite(.serialized) struct SetupTests {
    private static let own = Task { try await Company() }

    private func company() async throws -> Company { try await SetupTests.own.value }

    @Test func `a new workspace is set up in a few steps, and sample data goes away in one`() async throws {
        let company = try await company()
        let client = company.client("ann")
        let ann = try await Browser.logIn("ann", company)
        try await ann.open("/")
        #expect(ann.page.contains("href=\"/setup\""), "the start page leads there")
        try await ann.open("/setup")
        try await ann.post(
            "/setup",
            [
                "_action": "company", "company_name": "分享科技", "base_currency": "CNY", "time_zone": "Asia/Shanghai",
                "language": "zh",
            ]
        )
        #expect(ann.status == 200 && ann.page.contains("分享科技"))
        try await ann.post("/setup", ["_action": "people", "emails": "new1@example.com\nnew2@example.com"])
        #expect(ann.page.matches(of: /\/invite\//).count == 2, "\(ann.page)")
        try await ann.post("/setup", ["_action": "people", "emails": "new3@example.com\nnew1@example.com"])
        #expect(ann.status >= 400 && !ann.page.contains("/invite/"), "all of them or nobody")
        try await ann.post("/setup", ["_action": "industry", "template": "manufacturing"])
        let schema = try await client.send("GET", "/api/v1/schema").text
        #expect(schema.contains("x_equipment") && schema.contains("x_delivery_on"))
        try await ann.post("/setup", ["_action": "sample"])
        #expect(try await client.send("GET", "/api/v1/customers?total=true").json["total"]?.integer == 4)
        #expect(try await client.send("GET", "/api/v1/opportunities?total=true").json["total"]?.integer == 4)
        try await ann.post("/setup", ["_action": "unsample"])
        for plural in ["customers", "contacts", "opportunities", "activities"] {
            #expect(
                try await client.send("GET", "/api/v1/\(plural)?total=true").json["total"]?.integer == 0,
                "\(plural)"
            )
        }
        try await ann.open("/bin")
        #expect(!ann.page.contains("示例"))
        try await ann.post("/setup", ["_action": "done"])
        #expect(!ann.page.contains("href=\"/setup\""))
        let cy = try await Browser.logIn("cy", company)
        try await cy.open("/setup")
        #expect(cy.status == 403)
    }

    @Test func `holidays and worked weekends decide how many working days there are`() async throws {
        let company = try await company()
        let ann = try await Browser.logIn("ann", company)
        try await ann.open("/settings/days?year=2026")
        #expect(ann.page.contains("261"), "Mondays to Fridays of 2026")
        try await ann.post("/settings/days", ["_action": "china", "year": "2026"])
        #expect(ann.page.contains("248") && ann.page.contains("春节"))
        try await ann.post("/settings/days", ["_action": "unmark", "year": "2026", "day": "2026-01-04"])
        #expect(ann.page.contains("247"))
        try await ann.post(
            "/settings/days",
            [
                "_action": "mark", "year": "2026", "first": "2026-12-24", "last": "2026-12-25", "kind": "off",
                "name": "年会",
            ]
        )
        #expect(ann.page.contains("245") && ann.page.contains("年会"))
        try await ann.post(
            "/settings/days",
            ["_action": "mark", "year": "2026", "first": "2026-12-24", "last": "2026-12-01", "kind": "off"]
        )
        #expect(ann.status == 422)
        try await ann.open("/calendar?day=2026-02-10")
        #expect(ann.page.contains("休 春节") && ann.page.contains("班 春节"))
        let cy = try await Browser.logIn("cy", company)
        try await cy.open("/settings/days")
        #expect(cy.status == 403)
    }

    @Test func `an administrator arranges the fields of an object and ties them to a type`() async throws {
        let company = try await company()
        let ann = try await Browser.logIn("ann", company)
        try await ann.open("/settings/objects/customer/layout")
        #expect(ann.status == 200)
        try await ann.send(
            "/settings/objects/customer/layout",
            [("place.website", "1"), ("when.website", "type=person")]
        )
        #expect(ann.status == 200)
        let schema = try await company.client("ann").send("GET", "/api/v1/schema").json
        let customer = schema["objects"]?.array?.first { $0["key"]?.string == "customer" }
        let own = customer?["fields"]?.array?.filter { $0["system"]?.bool != true }
        #expect(own?.first?["key"]?.string == "website", "\(schema.text.prefix(400))")
        #expect(own?.first?["shown_when"]?["in"]?.array?.first?.string == "person")
        try await ann.open("/customers/new")
        let place = try #require(ann.page.range(of: "name=\"website\""))
        #expect(ann.page[..<place.lowerBound].contains("data-shown-when=\"type:person\""))
        try await ann.send("/settings/objects/customer/layout", [("when.website", "")])
        try await ann.send("/settings/objects/customer/layout", [("when.website", "type=nonsense")])
        #expect(ann.page.contains("没有这个选项") || ann.page.contains("There is no such choice"))
        let made = try await company.customer("布局之后")
        #expect(try await company.client("ann").send("GET", "/api/v1/customers/\(made)").json["name"]?.string == "布局之后")
    }
}
