import Values

/// Measures a server that somebody else has started and that holds a data set of ours. Imports are only measured when
/// they are named: they make the data set larger.
struct RunningServer {
    let options: BenchOptions
    let endpoint: Endpoint
    let say: @Sendable (String) -> Void
    let language: Language

    func measure() throws -> BenchResult {
        let customers = options.customers.first ?? 0
        let meter = try options.pid.map { pid in
            guard endpoint.isOnThisMachine else { throw RunningServer.elsewhere }
            return try ProcessMeter.given(pid)
        }
        if meter == nil { say(RunningServer.noProcess.text(language)) }
        let set = DataSet(customers: customers, each: options.each, owners: try owners())
        for index in [0, customers - 1] { try check(set, index) }
        // Numbers of other runs must not come again: names and addresses of new customers are made of this.
        let run = String(UInt32.random(in: 0 ... .max), radix: 36)
        let course = Course(options: options, endpoint: endpoint, meter: meter, say: say)
        let mix = RequestMix(set: set, key: options.key, run: run)
        var result = try course.measure(mix)
        if let meter, !options.only.isEmpty {
            result.imports = try ImportLoads(options: options, endpoint: endpoint, meter: meter, say: say).measure(mix)
        }
        return result
    }

    private func owners() throws -> [RecordID] {
        let users = try ask("/api/v1/users?q=bench.example.com&limit=200")["data"]?.array ?? []
        let owners = users.compactMap { user -> (email: String, id: RecordID)? in
            guard let email = user["email"]?.string, email.hasPrefix("rep"), email.hasSuffix("@bench.example.com"),
                let id = user["id"]?.string.flatMap({ RecordID($0) })
            else { return nil }
            return (email, id)
        }
        guard owners.count == DataSet.ownerCount else { throw missing }
        return owners.sorted { $0.email < $1.email }.map(\.id)
    }

    private func check(_ set: DataSet, _ index: Int) throws {
        let customer = try ask("/api/v1/customers/\(DataSet.customerID(index))")
        guard customer["code"]?.string == set.customer(index)["code"]?.text else { throw missing }
    }

    private func ask(_ target: String) throws -> JSONValue {
        let answer: Answer
        do {
            answer = try Fetch.one(httpRequest("GET", target, key: options.key), from: endpoint).answer
        } catch is BenchFailure {
            throw RunningServer.silent(endpoint.host)
        }
        if answer.status == 404 { throw missing }
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
