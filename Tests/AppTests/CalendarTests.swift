import Foundation
import Testing
import Values

/// The calendar, its feed and its invitations.
@Suite(.serialized) struct CalendarTests {
    private static let own = Task { try await Company() }

    private func company() async throws -> Company { try await CalendarTests.own.value }

    private func made(_ company: Company, _ plural: String, _ body: String, by who: String = "bo") async throws
        -> String
    {
        let answer = try await company.client(who).send("POST", "/api/v1/\(plural)", body)
        return try #require(answer.json["id"]?.string, "\(answer.text)")
    }

    @Test func `meetings, visits and tasks stand on their day where the person is`() async throws {
        let company = try await company()
        // Five in the afternoon in London is the next day in Shanghai.
        _ = try await made(
            company,
            "activities",
            #"{"kind":"meeting","subject":"方案讨论","happened_at":"2026-05-09T17:00:00Z","duration_minutes":90}"#
        )
        _ = try await made(
            company,
            "activities",
            #"{"kind":"visit","subject":"现场拜访","happened_at":"2026-05-12T02:00:00Z"}"#
        )
        _ = try await made(company, "activities", #"{"kind":"task","subject":"寄样品","due_on":"2026-05-12"}"#)
        _ = try await made(
            company,
            "activities",
            #"{"kind":"call","subject":"不在日历上","happened_at":"2026-05-12T02:00:00Z"}"#
        )
        let bo = try await Browser.logIn("bo", company)
        try await bo.open("/calendar?view=day&day=2026-05-10")
        #expect(bo.page.contains("方案讨论") && bo.page.contains("01:00–02:30"), "\(bo.page)")
        try await bo.open("/calendar?view=day&day=2026-05-09")
        #expect(!bo.page.contains("方案讨论"))
        for view in ["month", "week"] {
            try await bo.open("/calendar?view=\(view)&day=2026-05-12")
            #expect(bo.page.contains("现场拜访") && bo.page.contains("寄样品") && !bo.page.contains("不在日历上"))
        }
        let cy = try await Browser.logIn("cy", company)
        try await cy.open("/calendar?view=month&day=2026-05-12&who=team")
        #expect(cy.status == 200 && !cy.page.contains("现场拜访"), "what is another's is not shown")
        let mei = try await Browser.logIn("mei", company)
        try await mei.open("/calendar?view=month&day=2026-05-12&who=me")
        #expect(!mei.page.contains("现场拜访"))
        try await mei.open("/calendar?view=month&day=2026-05-12&who=team")
        #expect(mei.page.contains("现场拜访"))
        for wrong in ["view=year", "day=2026-13-45", "day=9999-12-31", "day=0001-01-01", "who=nobody"] {
            try await bo.open("/calendar?" + wrong)
            #expect(bo.status == 200, "\(wrong)")
        }
    }

    @Test func `the feed is read with its secret alone, and no more once it is revoked`() async throws {
        let company = try await company()
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let soon = now.adding(milliseconds: 86_400_000).description
        _ = try await made(
            company,
            "activities",
            #"{"kind":"meeting","subject":"季度回顾; 第一次, 很长的标题很长的标题很长的标题很长的标题","happened_at":"\#(soon)"}"#,
            by: "cy"
        )
        let cy = try await Browser.logIn("cy", company)
        try await cy.open("/calendar")
        try await cy.post("/calendar/feed", ["_action": "make"])
        let address = try #require(cy.page.firstMatch(of: /http:\/\/[^<"]*(\/calendar\/kh_[^<"]*\.ics)/)?.output.1)
        let path = String(address)
        let feed = try await company.stranger.send("GET", path)
        #expect(feed.status == 200 && feed.headers["content-type"]?.hasPrefix("text/calendar") == true)
        #expect(feed.headers["cache-control"] == "no-store")
        let plain = feed.text.replacing("\r\n ", with: "")
        #expect(plain.contains("SUMMARY:季度回顾\\; 第一次\\,") && plain.hasPrefix("BEGIN:VCALENDAR\r\n"))
        #expect(feed.text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 75 })
        // The secret opens activities and nothing else.
        let key = path.replacing("/calendar/", with: "").replacing(".ics", with: "")
        let other = Client(port: company.port, headers: ["Authorization": "Bearer " + key])
        #expect(try await other.send("GET", "/api/v1/customers").status == 404)
        #expect(try await other.send("POST", "/api/v1/activities", #"{"kind":"note","subject":"x"}"#).status >= 400)
        // A key that opens more, or something else, is no such secret.
        let leads = #"{"name":"leads","scopes":{"objects":{"lead":{"read":"all"}}}}"#
        let login = #"{"email":"cy@example.com","password":"\#(Company.password)"}"#
        let opened = try await company.stranger.send("POST", "/api/v1/session", login)
        var session = company.stranger
        session.headers["Cookie"] = String((opened.headers["set-cookie"] ?? "").prefix { $0 != ";" })
        session.headers["X-CSRF-Token"] = opened.json["csrf_token"]?.string ?? ""
        let token = try await session.send("POST", "/api/v1/api-keys", leads).json["token"]?.string ?? ""
        #expect(token.hasPrefix("kh_"))
        #expect(try await company.stranger.send("GET", "/calendar/\(token).ics").status == 404)
        #expect(try await company.stranger.send("GET", "/calendar/\(company.keys["cy"] ?? "").ics").status == 404)
        #expect(try await company.stranger.send("GET", "/calendar/kh_nonsense.ics").status == 404)
        try await cy.open("/calendar")
        let made = try #require(cy.value(of: "key"))
        try await cy.post("/calendar/feed", ["_action": "revoke", "key": made])
        #expect(try await company.stranger.send("GET", path).status == 404)
    }

    @Test func `a meeting is sent as an invitation to whom it is with`() async throws {
        let company = try await company()
        let contact = try await made(company, "contacts", #"{"name":"林工","email":"lin@example.com"}"#)
        let meeting = try await made(
            company,
            "activities",
            #"{"kind":"meeting","subject":"验收会","contact":"\#(contact)","happened_at":"2026-06-01T01:30:00Z","duration_minutes":45}"#
        )
        let bo = try await Browser.logIn("bo", company)
        try await bo.open("/activities/\(meeting)")
        #expect(bo.page.contains("/activities/\(meeting)/invitation"))
        try await bo.open("/activities/\(meeting)/invitation")
        #expect(bo.status == 200 && bo.page.contains("METHOD:REQUEST"))
        #expect(bo.page.contains("DTSTART:20260601T013000Z\r\nDTEND:20260601T021500Z"))
        #expect(bo.page.contains("ORGANIZER;CN=\"Bo\":mailto:bo@example.com"))
        #expect(bo.page.replacing("\r\n ", with: "").contains("ATTENDEE;CN=\"林工\";RSVP=TRUE:mailto:lin@example.com"))
        let cy = try await Browser.logIn("cy", company)
        try await cy.open("/activities/\(meeting)/invitation")
        #expect(cy.status == 404)
        let note = try await made(company, "activities", #"{"kind":"note","subject":"记一笔"}"#)
        try await bo.open("/activities/\(note)/invitation")
        #expect(bo.status == 404)
    }
}
