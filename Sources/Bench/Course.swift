import Values

/// The requests of the measurement, one workload after the other, to one server.
struct Course {
    let options: BenchOptions
    let endpoint: Endpoint
    /// The server's process; nil when it is not known.
    let meter: ProcessMeter?
    let say: @Sendable (String) -> Void
    /// What the report must show; empty when it is not known.
    var sums: [StageSum] = []
    /// The same work as a bare statement and by the record engine, by workload.
    var limits: (bare: [String: Double], engine: [String: Double]) = ([:], [:])
    /// The password of the first owner; nil to load the page with the key.
    var password: String?

    /// W1 to W6, then the first load of the page.
    func measure(_ asked: RequestMix) throws -> BenchResult {
        var mix = asked
        var result = BenchResult(customers: mix.set.customers)
        let memoryAtStart = meter?.memory
        mix.secondPages = try secondPages(mix)
        for workload in mix.all where options.wants(workload.id) {
            if workload.id == "W5" { try checkReport(mix) }
            result.figures += try Series(options: options, endpoint: endpoint, meter: meter, workload: workload).run(
                bare: limits.bare[workload.id],
                engine: limits.engine[workload.id]
            )
            if let last = result.figures.last { tell(last) }
        }
        if let memoryAtStart, let meter { result.memory = (memoryAtStart, meter.memory) }
        if options.wants("W8") { result.page = try PageLoad(endpoint: endpoint, who: [try credential(mix)]).run() }
        return result
    }

    private func tell(_ figures: Figures) {
        let cost = figures.processor.map { "\(rounded($0, 3)) ms CPU" } ?? "\(rounded(figures.median, 2)) ms p50"
        say("\(figures.workload), \(figures.connections): \(cost)")
    }

    private func secondPages(_ mix: RequestMix) throws -> [String] {
        try mix.targets.owners.indices.compactMap { owner in
            let answer = try ask("GET", mix.firstPage(owner), mix.key)
            return try JSONReader.parse(Array(answer.body))["next"]?.string
        }
    }

    /// The report must show what the table holds, before anything is written.
    private func checkReport(_ mix: RequestMix) throws {
        let answer = try ask("GET", "/api/v1/reports/pipeline", mix.key)
        let text = String(decoding: answer.body, as: UTF8.self)
        let missing = sums.filter { sum in
            !text.contains("\(sum.count)") || !text.contains(Money(minor: sum.amount, currency: "CNY").amountText)
        }
        guard answer.status == 200, missing.isEmpty else {
            throw Problem(
                .failure,
                "bench_report",
                Label("The report does not show the sums of the table: \(text)", zh: "报表与数据表的合计不符：\(text)")
            )
        }
    }

    // Logs in as a browser does; with a key only, the page is the same but for the tokens in its forms.
    private func credential(_ mix: RequestMix) throws -> String {
        guard let password else { return "Authorization: Bearer \(mix.key)" }
        var body = JSONWriter()
        body.object { json in
            json.member("email", BenchPeople.email)
            json.member("password", password)
        }
        let answer = try ask("POST", "/api/v1/session", nil, body: body.text)
        guard answer.status == 201, let cookie = answer.header("set-cookie")?.split(separator: ";").first else {
            throw Problem(
                .failure,
                "bench_session",
                Label("Logging in failed: \(answer.beginning)", zh: "登录失败：\(answer.beginning)")
            )
        }
        return "Cookie: \(cookie)"
    }

    private func ask(_ method: String, _ target: String, _ key: String?, body: String? = nil) throws -> Answer {
        try Fetch.one(httpRequest(method, target, key: key, body: body), from: endpoint).answer
    }
}
