import Identity
import Records
import Values

/// What the record engine takes for the same work in this process: rights, hooks, audit and JSON, but no HTTP.
struct EngineRounds {
    let engine: RecordEngine
    let set: DataSet

    /// The workloads wanted; empty for all.
    let only: Set<String>
    /// How many times as many rounds as usual: for profiles.
    let factor: Int

    /// Milliseconds of processor time per request, by workload.
    func measure() async throws -> [String: Double] {
        guard let owner = set.owners.first else { return [:] }
        let actor = Actor(userID: owner, name: "rep00", rights: .all)
        let mix = RequestMix(set: set, key: "", run: "e" + String(engine.clock.now().milliseconds, radix: 36))
        var results: [String: Double] = [:]
        func add(_ name: String, _ rounds: Int, _ body: (Int) async throws -> Void) async throws {
            guard only.isEmpty || only.contains(name), name != "W4" || set.each.opportunities > 0 else { return }
            results[name] = try await each(rounds * factor, body)
        }
        try await add("W1", 500) { try await list(ownedBy: $0, total: true, as: actor) }
        try await add("W1n", 500) { try await list(ownedBy: $0, total: false, as: actor) }
        try await add("W2", 3000) { try await read($0, as: actor) }
        try await add("W6a", 300) { try await search(RequestMix.parts[$0 % RequestMix.parts.count], as: actor) }
        try await add("W6b", 300) { try await search(DataSet.phone($0 % 30 * (set.customers / 30)), as: actor) }
        try await add("W3", 500) { try await create(try JSONReader.parse(Array(mix.newCustomer($0).utf8)), as: actor) }
        try await add("W4", 500) { try await move(mix.nextStage($0), as: actor) }
        return results
    }

    func list(ownedBy owner: Int, total: Bool, as actor: Actor) async throws {
        var query = ListQuery()
        query.filter = "owner = \"\(set.owners[owner % set.owners.count])\""
        query.sort = ["name"]
        query.fields = RequestMix.listFields.split(separator: ",").map(String.init)
        query.total = total
        try await show(query, as: actor)
    }

    private func search(_ text: String, as actor: Actor) async throws {
        var query = ListQuery()
        query.search = text
        query.fields = ["name", "phone", "owner"]
        query.limit = 20
        try await show(query, as: actor)
    }

    private func show(_ query: ListQuery, as actor: Actor) async throws {
        _ = try await engine.read(as: actor) { session in
            var json = JSONWriter(capacity: 32_768)
            try session.writeList(try session.object("customers"), query, isLast: true, to: &json)
            return json.bytes
        }
    }

    func read(_ round: Int, as actor: Actor) async throws {
        let id = DataSet.customerID(round % 500 * (set.customers / 500))
        _ = try await engine.read(as: actor) { session in
            var json = JSONWriter(capacity: 4096)
            try session.write(try session.object("customers"), id, isLast: true, to: &json)
            return json.bytes
        }
    }

    private func create(_ input: JSONValue, as actor: Actor) async throws {
        _ = try await engine.write(as: actor) { session in
            let object = try session.object("customers")
            let record = try session.create(object, input)
            var json = JSONWriter(capacity: 4096)
            try session.write(object, record.id, to: &json)
            return json.bytes
        }
    }

    private func move(_ change: (id: String, stage: String), as actor: Actor) async throws {
        guard let id = RecordID(change.id) else { throw Problem.notFound }
        let input = JSONValue.object([.init(key: "stage", value: .string(change.stage))])
        _ = try await engine.write(as: actor) { session in
            let object = try session.object("opportunities")
            let record = try session.update(object, id, input)
            var json = JSONWriter(capacity: 4096)
            try session.write(object, record.id, to: &json)
            return json.bytes
        }
    }

    private func each(_ rounds: Int, _ body: (Int) async throws -> Void) async throws -> Double {
        let warmUp = min(rounds, 20)
        for round in 0..<warmUp { try await body(round) }
        let start = Stopwatch.processorSeconds()
        for round in warmUp..<(warmUp + rounds) { try await body(round) }
        return (Stopwatch.processorSeconds() - start) * 1000 / Double(rounds)
    }
}
