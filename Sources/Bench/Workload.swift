import Values

/// One kind of request, made again and again with changing parameters.
struct Workload: Sendable {
    /// The name in tables and options, such as `W1`.
    let id: String
    /// What it stands for.
    let title: Label
    /// How many connections ask at the same time, one measurement for each.
    let connections: [Int]
    /// Whether it changes records.
    let writes: Bool
    /// The request of that number; numbers go on over all runs.
    let request: @Sendable (Int) -> [UInt8]
    /// Whether the answer is what it should be.
    let isRight: @Sendable (Answer) -> Bool
}

/// The requests of the measurement, for one data set and one key.
struct RequestMix: Sendable {
    let set: DataSet
    let key: String
    /// Marks the records of this run, so that names and addresses are new.
    var run: String
    /// What is asked for.
    var targets: Targets
    /// Where the second page of each owner's list begins.
    var secondPages: [String] = []

    /// The requests for a data set; `targets` where the workspace holds something else.
    init(set: DataSet, key: String, run: String, targets: Targets? = nil) {
        self.set = set
        self.key = key
        self.run = run
        self.targets = targets ?? Targets(set)
    }

    static let listFields =
        "name,phone,email,website,address,industry,type,status,source,code,owner,created_at,description"
    static let parts = ["上海", "华达", "恒创", "鑫利", "医疗器械", "云安"]
    private static let moves = ["potential", "interested", "negotiating"]

    /// All workloads, in the order in which they are measured: those that change records come last.
    var all: [Workload] {
        [list, listWithoutTotal, read, report, substring, phone, timeline, person, create, move, hello].filter {
            if $0.writes && !targets.writes { return false }
            return switch $0.id {
            case "W1", "W1n": !targets.owners.isEmpty
            case "W4": !targets.opportunities.isEmpty
            case "W5": targets.hasPipeline
            case "W6a": !targets.parts.isEmpty
            case "W6b": !targets.phones.isEmpty
            case "W10a": targets.hasActivities
            case "W10b": targets.hasActivities && !targets.owners.isEmpty
            default: true
            }
        }
    }

    /// The first page of an owner's list, which tells where the second begins.
    func firstPage(_ owner: Int, total: Bool = true) -> String {
        let filter = encoded("owner = \"\(targets.owners[owner])\"")
        return "/api/v1/customers?filter=\(filter)&sort=name&fields=\(targets.fields)&limit=50"
            + (total ? "&total=true" : "")
    }

    private func expected(_ rows: Int) -> Int { targets.areFull ? rows : 0 }

    private var list: Workload {
        let mix = self
        return Workload(
            id: "W1",
            title: Label("list of 50 with total", zh: "客户列表 50 条（含总数）"),
            connections: [1, 8, 32],
            writes: false,
            request: { number in
                let owner = number % mix.targets.owners.count
                let isSecond = number / mix.targets.owners.count % 2 == 1 && owner < mix.secondPages.count
                return mix.get(mix.firstPage(owner) + (isSecond ? "&cursor=" + encoded(mix.secondPages[owner]) : ""))
            },
            isRight: {
                $0.status == 200 && $0.count("\"code\":\"") >= mix.expected(50) && $0.contains("\"total\":")
            }
        )
    }

    private var listWithoutTotal: Workload {
        let mix = self
        return Workload(
            id: "W1n",
            title: Label("list of 50 without total", zh: "客户列表 50 条（不含总数）"),
            connections: [1],
            writes: false,
            request: { mix.get(mix.firstPage($0 % mix.targets.owners.count, total: false)) },
            isRight: { $0.status == 200 && $0.count("\"code\":\"") >= mix.expected(50) }
        )
    }

    private var read: Workload {
        let mix = self
        return Workload(
            id: "W2",
            title: Label("read one customer", zh: "按编号读取客户"),
            connections: [1, 8],
            writes: false,
            request: { mix.get("/api/v1/customers/\(mix.targets.customers[$0 % mix.targets.customers.count])") },
            isRight: { $0.status == 200 && $0.contains("\"name\":\"") && $0.contains("\"version\":") }
        )
    }

    private var create: Workload {
        let mix = self
        return Workload(
            id: "W3",
            title: Label("create one customer, durable", zh: "新建客户（已落盘）"),
            connections: [1, 8],
            writes: true,
            request: { httpRequest("POST", "/api/v1/customers", key: mix.key, body: mix.newCustomer($0)) },
            isRight: { $0.status == 201 && $0.contains("\"id\":\"") }
        )
    }

    private var move: Workload {
        let mix = self
        return Workload(
            id: "W4",
            title: Label("change an opportunity's stage", zh: "变更商机阶段"),
            connections: [1, 8],
            writes: true,
            request: { number in
                let (id, stage) = mix.nextStage(number)
                let body = "{\"stage\":\"\(stage)\"}"
                return httpRequest("PATCH", "/api/v1/opportunities/\(id)", key: mix.key, body: body)
            },
            isRight: { $0.status == 200 && $0.contains("\"stage\":\"") }
        )
    }

    /// A customer that there is not yet, as JSON.
    func newCustomer(_ number: Int) -> String {
        let tag = run + "n\(number)"
        let owner = targets.owners.isEmpty ? "" : "\"owner\":\"\(targets.owners[number % targets.owners.count])\","
        return """
            {"name":"上海新达成科技有限公司\(tag)","phone":"\(DataSet.phone(number))",\
            "email":"info@\(tag).example.com","website":"https://\(tag).example.com",\
            "industry":"software","source":"website","code":"B\(tag)",\(owner)\
            "address":{"city":"上海","street":"人民路1号"},"description":"由性能测试新建的客户，可以删除。"}
            """
    }

    /// An opportunity and a stage that it is not in.
    func nextStage(_ number: Int) -> (id: String, stage: String) {
        let count = targets.opportunities.count
        return (targets.opportunities[number % count], RequestMix.moves[number / count % 3])
    }

    private var report: Workload {
        let mix = self
        return Workload(
            id: "W5",
            title: Label("count and sum by stage", zh: "按阶段统计商机数与金额"),
            connections: [1, 8],
            writes: false,
            request: { _ in mix.get("/api/v1/reports/pipeline") },
            isRight: { $0.status == 200 && $0.contains("\"stage") }
        )
    }

    private var substring: Workload {
        let mix = self
        return Workload(
            id: "W6a",
            title: Label("Chinese substring in names, 20 rows", zh: "按名称中文片段搜索"),
            connections: [1],
            writes: false,
            request: { number in
                let text = mix.targets.parts[number % mix.targets.parts.count]
                return mix.get("/api/v1/customers?q=\(encoded(text))&fields=name,phone,owner&limit=20")
            },
            isRight: { $0.status == 200 && $0.count("\"name\":\"") >= mix.expected(20) }
        )
    }

    private var phone: Workload {
        let mix = self
        return Workload(
            id: "W6b",
            title: Label("customer by telephone number", zh: "按电话号码查找客户"),
            connections: [1],
            writes: false,
            request: { number in
                let phone = encoded(mix.targets.phones[number % mix.targets.phones.count])
                return mix.get("/api/v1/customers?q=\(phone)&fields=name,phone&limit=20")
            },
            isRight: { $0.status == 200 && $0.contains("\"phone\":\"") }
        )
    }

    private var timeline: Workload {
        let mix = self
        return Workload(
            id: "W10a",
            title: Label("activities of a customer, newest first", zh: "客户的跟进记录"),
            connections: [1, 8],
            writes: false,
            request: { number in
                let id = mix.targets.customers[number % mix.targets.customers.count]
                let filter = encoded("customer = \"\(id)\"")
                return mix.get("/api/v1/activities?filter=\(filter)&sort=-happened_at&limit=20")
            },
            isRight: { $0.status == 200 && $0.count("\"subject\":\"", atMost: 1) >= mix.expected(1) }
        )
    }

    private var person: Workload {
        let mix = self
        return Workload(
            id: "W10b",
            title: Label("a person's activities, newest first", zh: "某人的跟进记录，最新在前"),
            connections: [1, 8],
            writes: false,
            request: { number in
                let filter = encoded("owner = \"\(mix.targets.owners[number % mix.targets.owners.count])\"")
                return mix.get("/api/v1/activities?filter=\(filter)&sort=-happened_at&limit=50")
            },
            isRight: { $0.status == 200 && $0.count("\"subject\":\"") >= mix.expected(50) }
        )
    }

    /// The limit beside all others: what the server takes for an answer that says nothing.
    private var hello: Workload {
        Workload(
            id: "hello",
            title: Label("answer of the same server that says nothing", zh: "同一服务的空响应（对照）"),
            connections: [1, 8],
            writes: false,
            request: { _ in httpRequest("GET", "/healthz") },
            isRight: { $0.status == 200 }
        )
    }

    private func get(_ target: String) -> [UInt8] { httpRequest("GET", target, key: key) }
}

/// A text as it stands in an address.
func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: result.unicodeScalars.append(Unicode.Scalar(byte))
        default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return result
}
