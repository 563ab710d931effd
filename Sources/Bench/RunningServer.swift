import Values

/// Measures a server that somebody else has started: with a data set of ours, or with whatever the workspace holds.
///
/// Of ours all is measured; imports only when they are named, since they make the data set larger. Elsewhere records are
/// made and changed only when that was asked for, and go to the recycle bin afterwards.
struct RunningServer {
    let options: BenchOptions
    let endpoint: Endpoint
    let say: @Sendable (String) -> Void
    let language: Language

    func measure() throws -> BenchResult {
        let meter = try options.pid.map { pid in
            guard endpoint.isOnThisMachine else { throw RunningServer.elsewhere }
            return try ProcessMeter.given(pid)
        }
        if meter == nil { say(RunningServer.noProcess.text(language)) }
        let course = Course(options: options, endpoint: endpoint, meter: meter, say: say)
        // Numbers of other runs must not come again: names and addresses of new customers are made of this.
        let run = String(UInt32.random(in: 0 ... .max), radix: 36)
        guard let owners = try owners() else { return try measureWhatIsThere(course, run) }
        let customers = options.customers.first ?? 0
        let set = DataSet(customers: customers, each: options.each, owners: owners)
        for index in [0, customers - 1] { try check(set, index) }
        let mix = RequestMix(set: set, key: options.key, run: run)
        var result = try course.measure(mix)
        if let meter, !options.only.isEmpty {
            result.imports = try ImportLoads(options: options, endpoint: endpoint, meter: meter, say: say).measure(mix)
        }
        return result
    }

    private func measureWhatIsThere(_ course: Course, _ run: String) throws -> BenchResult {
        guard options.only.isDisjoint(with: ["W7", "W7b", "W7u"]) else { throw missing }
        let sample = WorkspaceSample(ask: ask)
        guard let (count, held) = try sample.take() else { throw RunningServer.empty }
        say(RunningServer.sampled(count, writes: options.writes).text(language))
        var targets = held
        targets.writes = options.writes
        let owners = targets.owners.compactMap { RecordID($0) }
        let set = DataSet(customers: count, each: Companions(), owners: owners)
        var mix = RequestMix(set: set, key: options.key, run: run, targets: targets)
        guard options.writes else { return try course.measure(mix) }
        let own = OwnRecords(endpoint: endpoint, key: options.key, say: say, language: language)
        do {
            mix.targets.opportunities = try own.makeOpportunities(mix)
            let result = try course.measure(mix)
            try own.remove(mix)
            return result
        } catch {
            try? own.remove(mix)
            throw error
        }
    }

    /// The people of a data set of ours; nil where there are none.
    private func owners() throws -> [RecordID]? {
        let answer = try fetch("/api/v1/users?q=bench.example.com&limit=200")
        if answer.status == 403 { return nil }
        let users = try read(answer)["data"]?.array ?? []
        let owners = users.compactMap { user -> (email: String, id: RecordID)? in
            guard let email = user["email"]?.string, email.hasPrefix("rep"), email.hasSuffix("@bench.example.com"),
                let id = user["id"]?.string.flatMap({ RecordID($0) })
            else { return nil }
            return (email, id)
        }
        guard owners.count == DataSet.ownerCount else { return nil }
        return owners.sorted { $0.email < $1.email }.map(\.id)
    }

    private func check(_ set: DataSet, _ index: Int) throws {
        let answer = try fetch("/api/v1/customers/\(DataSet.customerID(index))")
        if answer.status == 404 { throw missing }
        guard try read(answer)["code"]?.string == set.customer(index)["code"]?.text else { throw missing }
    }

    private func ask(_ target: String) throws -> JSONValue { try read(try fetch(target)) }

    private func fetch(_ target: String) throws -> Answer {
        do {
            return try Fetch.one(httpRequest("GET", target, key: options.key), from: endpoint).answer
        } catch is BenchFailure {
            throw RunningServer.silent(endpoint.host)
        }
    }

    private func read(_ answer: Answer) throws -> JSONValue {
        guard answer.status == 200 else { throw RunningServer.refused(answer) }
        return try JSONReader.parse(Array(answer.body))
    }

    private var missing: Problem {
        let customers = options.customers.first ?? 0
        return Problem(
            .notFound,
            "bench_data_set",
            Label(
                "The workspace does not hold the data set of \(customers) customers. `kehu bench --customers \(customers)"
                    + " --data DIR` makes it in DIR/\(customers); serve that folder and give a key of rep00.",
                zh: "该工作区没有 \(customers) 个客户的测试数据。请先运行 kehu bench --customers \(customers) --data DIR，"
                    + "再对 DIR/\(customers) 启动服务，并使用 rep00 的密钥。"
            )
        )
    }

    private static let empty = Problem(
        .notFound,
        "bench_empty",
        Label(
            "The key sees no customer there, so there is nothing to measure. Give a key of somebody who sees some, or fill "
                + "a workspace: `kehu bench` makes one.",
            zh: "该密钥看不到任何客户，没有可测的数据。请换用能看到客户的密钥，或先准备数据：kehu bench 会自动生成测试工作区。"
        )
    )

    private static func sampled(_ customers: Int, writes: Bool) -> Label {
        let en = "No data set of the measurement there: what its \(customers) customers hold is asked for. "
        let zh = "该工作区没有测试数据集，将用其中 \(customers) 个客户的现有数据测量。"
        if writes {
            return Label(
                en + "Records are made and go to the recycle bin afterwards.",
                zh: zh + "测量会新建记录，结束后移入回收站。"
            )
        }
        return Label(
            en + "Nothing is written; --writes measures that, too.",
            zh: zh + "不会写入数据；如需测量写入，请加 --writes。"
        )
    }

    private static let noProcess = Label(
        "Processor time and memory are only known with --pid, on the server's own machine.",
        zh: "只有在服务所在机器上指定 --pid，才能得到 CPU 与内存数据。"
    )

    private static let elsewhere = Problem.malformed(
        "bench_pid",
        Label(
            "The server is not on this machine: leave out --pid. Processor time and memory are then not known.",
            zh: "服务不在本机：请去掉 --pid，此时无法得到 CPU 与内存数据。"
        )
    )

    private static func silent(_ host: String) -> Problem {
        Problem(
            .notFound,
            "bench_url",
            Label("Nobody answers at \(host). Start the server first.", zh: "\(host) 没有响应，请先启动服务。")
        )
    }

    private static func refused(_ answer: Answer) -> Problem {
        Problem(
            .unauthenticated,
            "bench_key",
            Label(
                "The server refuses the key; give one of an administrator with --key: \(answer.beginning)",
                zh: "服务拒绝了该密钥，请用 --key 提供管理员的密钥：\(answer.beginning)"
            )
        )
    }
}
