import Values

/// What a measurement makes in somebody's workspace, and takes away again.
struct OwnRecords {
    let endpoint: Endpoint
    let key: String
    let say: @Sendable (String) -> Void
    let language: Language

    // As few as let eight connections work side by side.
    private static let opportunities = 24

    /// Opportunities that may be moved from stage to stage, of a customer of ours; none where they cannot be made.
    func makeOpportunities(_ mix: RequestMix) throws -> [String] {
        // The workloads count from 0 and never come to this number.
        let customer = try make("customers", mix.newCustomer(1_000_000_000))
        guard mix.targets.hasPipeline, let customer else { return [] }
        return try (0..<OwnRecords.opportunities).compactMap { number in
            let name = "性能测试\(mix.run)-\(number)"
            return try make(
                "opportunities",
                "{\"name\":\"\(name)\",\"customer\":\"\(customer)\",\"stage\":\"potential\"}"
            )
        }
    }

    /// Moves all that was made to the recycle bin.
    func remove(_ mix: RequestMix) throws {
        var ids = mix.targets.opportunities.map { "opportunities/\($0)" }
        var stayed = try delete(ids)
        let filter = encoded("code starts with \"B\(mix.run)n\"")
        repeat {
            let answer = try Fetch.one(
                httpRequest("GET", "/api/v1/customers?filter=\(filter)&fields=code&limit=200", key: key),
                from: endpoint
            ).answer
            let rows = answer.status == 200 ? try JSONReader.parse(Array(answer.body))["data"]?.array ?? [] : []
            ids = rows.compactMap { $0["id"]?.string }.map { "customers/\($0)" }
            // What cannot be deleted would be found again and again.
            let before = stayed
            stayed += try delete(ids)
            if stayed - before == ids.count { break }
        } while !ids.isEmpty
        if stayed > 0 { say(OwnRecords.stayed(stayed, mix.run).text(language)) }
    }

    // How many could not be deleted.
    private func delete(_ records: [String]) throws -> Int {
        var waiting = records[...]
        guard !waiting.isEmpty else { return 0 }
        let outcome = try LoadLoop(endpoint: endpoint, connections: 1).run(
            seconds: .infinity,
            limit: records.count,
            next: { httpRequest("DELETE", "/api/v1/\(waiting.popFirst() ?? "")", key: key) },
            isRight: { (200..<300).contains($0.status) }
        )
        return outcome.errors
    }

    private func make(_ plural: String, _ body: String) throws -> String? {
        let answer = try Fetch.one(httpRequest("POST", "/api/v1/\(plural)", key: key, body: body), from: endpoint)
            .answer
        guard answer.status == 201 else {
            say(OwnRecords.refused(answer).text(language))
            return nil
        }
        return try JSONReader.parse(Array(answer.body))["id"]?.string
    }

    private static func refused(_ answer: Answer) -> Label {
        Label(
            "A record for the measurement could not be made: \(answer.beginning)",
            zh: "无法新建测试记录：\(answer.beginning)"
        )
    }

    private static func stayed(_ count: Int, _ run: String) -> Label {
        Label(
            "\(count) records of the measurement could not be deleted: those whose code begins with B\(run)n.",
            zh: "有 \(count) 条测试记录未能删除：编号以 B\(run)n 开头。"
        )
    }
}
