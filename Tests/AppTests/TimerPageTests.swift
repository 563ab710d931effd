import Testing
import Values

/// A timer from the page of a customer to the activity, in a browser without scripts and over the API.
@Suite(.serialized) struct TimerPageTests {
    @Test func `a timer is started on a customer, seen on every page, on another device, and stopped`() async throws {
        let company = try await Company.shared.value
        let customer = try await company.customer("计时客户", by: "bo")
        let phone = try await Browser.logIn("bo", company)
        try await phone.open("/customers/\(customer)")
        #expect(phone.page.contains("action=\"/timer/start\"") && !phone.page.contains("class=\"k-timer\""))
        try await phone.post("/timer/start", ["object": "customers", "record": customer, "start": "check_in"])
        #expect(phone.path == "/customers/\(customer)" && phone.page.contains("class=\"k-timer\""))
        let desk = try await Browser.logIn("bo", company)
        for address in ["/", "/customers", "/activities", "/calendar", "/reports", "/account"] {
            try await desk.open(address)
            #expect(desk.page.contains("class=\"k-timer\"") && desk.page.contains("计时客户"), "\(address)")
        }
        let other = try await Browser.logIn("cy", company)
        #expect(!other.page.contains("class=\"k-timer\""))
        try await desk.open("/customers/\(customer)")
        try await desk.post("/timer/start", ["object": "customers", "record": customer, "start": "call"])
        #expect(desk.path == "/timer" && (desk.page.contains("running already") || desk.page.contains("已有计时")))
        try await desk.post("/timer/stop", ["minutes": "x"])
        #expect(desk.status == 422 || desk.path == "/timer")
        try await desk.open("/timer")
        try await desk.post("/timer/stop", ["minutes": "", "body": "看了车间", "kind": "visit", "outcome": ""])
        #expect(desk.path == "/customers/\(customer)" && desk.page.contains("看了车间"))
        #expect(!desk.page.contains("class=\"k-timer\""))
        try await phone.post("/timer/stop", [:])
        #expect(phone.path == "/timer" && phone.status == 200, "there is none any more")
    }

    @Test func `the API starts, shows, stops and discards a timer, and reads nothing into what is wrong`() async throws
    {
        let company = try await Company.shared.value
        let client = company.client("cy")
        let customer = try await company.customer("接口计时", by: "cy")
        let start = #"{"kind":"call","object":"customers","record":"\#(customer)"}"#
        #expect(try await client.send("POST", "/api/v1/timer/start", start).json["timer"]?["kind"]?.string == "call")
        let shown = try await client.send("GET", "/api/v1/timer").json["timer"]
        #expect(shown?["name"]?.string == "接口计时" && shown?["minutes"]?.integer == 1)
        #expect(try await client.send("POST", "/api/v1/timer/start", start).status == 409)
        let wrong = #"{"minutes":"viele"}"#
        #expect(try await client.send("POST", "/api/v1/timer/stop", wrong).status == 422)
        let place = #"{"latitude":91,"longitude":0}"#
        #expect(try await client.send("POST", "/api/v1/timer/stop", place).status == 422)
        let stopped = try await client.send("POST", "/api/v1/timer/stop", #"{"minutes":7}"#).json
        #expect(stopped["minutes"]?.integer == 7 && stopped["minutes_by"]?.string == "corrected")
        #expect(try await client.send("POST", "/api/v1/timer/stop", "{}").status == 409)
        #expect(try await client.send("GET", "/api/v1/timer").json["timer"]?.isNull == true)
        #expect(try await client.send("POST", "/api/v1/timer/discard", "{}").status == 409)
        let method = #"{"kind":"call","method":"guess","object":"customers","record":"\#(customer)"}"#
        #expect(try await client.send("POST", "/api/v1/timer/start", method).status == 422)
        let reader = try await company.client("rita").send("POST", "/api/v1/timer/start", start)
        #expect([403, 404].contains(reader.status))
    }
}
