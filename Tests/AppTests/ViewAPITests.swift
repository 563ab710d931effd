import Foundation
import Testing
import Values

/// Saved views and changes of many records over the API, and what a phone asks for.
@Suite(.serialized) struct ViewAPITests {
    private static let own = Task { try await Company() }

    private func company() async throws -> Company { try await ViewAPITests.own.value }

    @Test func `saved views are made, shared, changed and deleted over the API`() async throws {
        let company = try await company()
        let (ann, cy) = (company.client("ann"), company.client("cy"))
        let api = "/api/v1/customers/views"
        let made = try await ann.send(
            "POST",
            api,
            #"{"name":"本月新增","filter":"created_at between month_start and month_end","sort":"-created_at","columns":["name","phone"]}"#
        )
        #expect(made.status == 201 && made.json["sharing"]?.string == "own", "\(made.text)")
        let id = try #require(made.json["id"]?.string)
        #expect(try await cy.send("GET", api).json["data"]?.array?.isEmpty == true)
        #expect(try await cy.send("PATCH", "\(api)/\(id)", #"{"name":"x"}"#).status == 404)
        let changed = try await ann.send("PATCH", "\(api)/\(id)", #"{"sharing":"all"}"#)
        #expect(changed.json["name"]?.string == "本月新增" && changed.json["columns"]?.array?.count == 2)
        let seen = try await cy.send("GET", api).json["data"]?.array?.first
        #expect(seen?["id"]?.string == id && seen?["may_change"]?.bool == false)
        #expect(try await cy.send("DELETE", "\(api)/\(id)").status == 403)
        for wrong in [
            #"{"name":""}"#, #"{"name":"x","filter":"nonsense = 1"}"#, #"{"name":"x","sharing":"world"}"#,
            #"{"name":"x","columns":7}"#, #"{"nome":"x"}"#, #"{"name":"x","columns":["name\u0000"]}"#,
        ] {
            let answer = try await ann.send("POST", api, wrong)
            #expect((400..<500).contains(answer.status), "\(wrong) \(answer.status)")
        }
        #expect(try await ann.send("DELETE", "\(api)/\(id)").status == 204)
        #expect(try await ann.send("GET", api).json["data"]?.array?.isEmpty == true)
    }

    @Test func `a change of many records is begun over the API and tells how far it is`() async throws {
        let company = try await company()
        for index in 0..<3 { _ = try await company.customer("批改\(index)") }
        let ann = company.client("ann")
        let body = #"{"filter":"name starts with \"批改\"","action":"set","data":{"level":"a"}}"#
        let run = try await ann.send("POST", "/api/v1/customers/bulk", body)
        #expect(
            run.status == 202 && run.json["total"]?.integer == 3 && run.json["waiting"]?.integer == 3,
            "\(run.text)"
        )
        let id = try #require(run.json["id"]?.string)
        let other = try await company.client("bo").send("GET", "/api/v1/bulk/\(id)")
        #expect(other.status == 404)
        for wrong in [
            #"{"action":"set","data":{}}"#, #"{"all":true,"action":"purge"}"#, #"{"all":true,"action":"set"}"#,
        ] {
            #expect(try await ann.send("POST", "/api/v1/customers/bulk", wrong).status == 422, "\(wrong)")
        }
    }

    @Test func `a phone finds what it needs to keep the program among its apps`() async throws {
        let company = try await company()
        let manifest = try await company.stranger.send("GET", "/manifest.webmanifest")
        #expect(manifest.json["display"]?.string == "standalone")
        for icon in manifest.json["icons"]?.array ?? [] {
            let answer = try await company.stranger.send("GET", icon["src"]?.string ?? "")
            #expect(answer.status == 200 && answer.headers["content-type"] == "image/png")
        }
        let worker = try await company.stranger.send("GET", "/worker.js")
        #expect(worker.text.contains("/offline") && !worker.text.contains("FILES") && !worker.text.contains("VERSION"))
        #expect(try await company.stranger.send("GET", "/offline").status == 200)
    }

    @Test func `a filter of a week, month, quarter or year stays relative`() async throws {
        let company = try await company()
        _ = try await company.customer("相对日期")
        let ann = try await Browser.logIn("ann", company)
        try await ann.open("/customers/filter?field=created_at&ask=within&period=thisMonth")
        #expect(ann.path.contains("month_start") && ann.page.contains("相对日期"), "\(ann.path)")
        #expect(ann.page.contains("本月"), "the chip says it in words")
        for (period, isIn) in [
            ("thisWeek", true), ("thisYear", true), ("lastMonth", false), ("nextMonth", false), ("lastYear", false),
        ] {
            try await ann.open("/customers/filter?field=created_at&ask=within&period=\(period)")
            #expect(ann.page.contains("相对日期") == isIn, "\(period)")
        }
    }
}
