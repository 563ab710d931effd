import Values

/// What the first page of customers takes to load (`W8`), without a browser's own work.
public struct PageFigures: Sendable {
    /// Milliseconds from the request to the first byte of the page: the middle of twenty times, logged in.
    public let firstByte: Double
    /// With nothing in the browser's cache.
    public let cold: Transfer
    /// With what the first time has left in the cache.
    public let warm: Transfer
    /// Answers that were wrong.
    public let errors: Int
    /// The first wrong answer.
    public let firstError: String?
}

/// What goes over the wire for a page.
public struct Transfer: Sendable {
    /// How many requests it took.
    public internal(set) var requests = 0
    /// Bytes by kind: `html`, `css`, `js`, `image`, `font`, `other`; heads included, compressed as served.
    public internal(set) var bytes: [String: Int] = [:]

    /// Bytes of all kinds.
    public var total: Int { bytes.values.reduce(0, +) }

    mutating func add(_ answer: Answer, kind: String) {
        requests += 1
        bytes[kind, default: 0] += answer.size
    }
}

/// Loads the list of customers as a browser does: the page, and everything of ours that it names.
struct PageLoad {
    let endpoint: Endpoint
    /// The headers that say who asks: a session's cookie, or a key.
    let who: [String]

    private static let rounds = 20
    private static let page = "/customers"
    private static let folder = "/assets/"

    func run() throws -> PageFigures {
        var (cold, warm) = (Transfer(), Transfer())
        var cache: [String: Answer] = [:]
        var wrong: [String] = []
        func load(_ into: inout Transfer, isWarm: Bool) throws {
            var (waiting, seen) = ([PageLoad.page], Set([PageLoad.page]))
            while let target = waiting.popLast() {
                let kept = isWarm ? cache[target] : nil
                var answer = kept
                if kept == nil || !PageLoad.isFresh(kept) {
                    let fetched = try fetch(target, validators: PageLoad.validators(kept)).answer
                    // What has not changed is of the kind that it was.
                    into.add(fetched, kind: PageLoad.kind(fetched.status == 304 ? kept ?? fetched : fetched))
                    if fetched.status != 304 { answer = fetched }
                    if fetched.status != 200 && fetched.status != 304 {
                        wrong.append("\(target): \(fetched.beginning)")
                    }
                }
                guard let answer else { continue }
                cache[target] = answer
                for name in try references(answer, of: target) where seen.insert(name).inserted { waiting.append(name) }
            }
        }
        try load(&cold, isWarm: false)
        try load(&warm, isWarm: true)
        let times = try (0..<PageLoad.rounds).map { _ in try fetch(PageLoad.page, validators: []).firstByte }
        return PageFigures(
            firstByte: times.sorted()[times.count / 2],
            cold: cold,
            warm: warm,
            errors: wrong.count,
            firstError: wrong.first
        )
    }

    // What is compressed is read once more as it is, for its references only.
    private func references(_ answer: Answer, of target: String) throws -> [String] {
        guard answer.header("content-encoding") != nil else { return PageLoad.references(answer.body) }
        return PageLoad.references(try Fetch.one(httpRequest("GET", target, headers: who), from: endpoint).answer.body)
    }

    private func fetch(_ target: String, validators: [String]) throws -> Fetch {
        let headers = who + ["Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: zh-CN"] + validators
        return try Fetch.one(httpRequest("GET", target, headers: headers), from: endpoint)
    }

    // A browser does not ask again for what may be kept.
    private static func isFresh(_ answer: Answer?) -> Bool {
        let control = answer?.header("cache-control") ?? ""
        guard !control.contains("no-store"), !control.contains("no-cache") else { return false }
        let age = control.split(separator: ",").compactMap { part -> Int? in
            let text = part.drop { $0 == " " }
            return text.hasPrefix("max-age=") ? Int(text.dropFirst("max-age=".count)) : nil
        }
        return (age.first ?? 0) > 0
    }

    private static func validators(_ answer: Answer?) -> [String] {
        [("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")].compactMap { name, condition in
            answer?.header(name).map { "\(condition): \($0)" }
        }
    }

    private static func kind(_ answer: Answer) -> String {
        let type = answer.header("content-type") ?? ""
        let kinds = [("text/html", "html"), ("text/css", "css"), ("text/javascript", "js"), ("image/", "image")]
        return kinds.first { type.hasPrefix($0.0) }?.1 ?? (type.contains("font") ? "font" : "other")
    }

    /// The addresses of our own files that a page, a style sheet or a script names, each once.
    static func references(_ body: ArraySlice<UInt8>) -> [String] {
        var found: [String] = []
        var rest = String(decoding: body, as: UTF8.self)[...]
        while let range = rest.firstRange(of: folder) {
            let name = rest[range.upperBound...].prefix { character in
                character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
            }
            if !name.isEmpty, !found.contains(folder + name) { found.append(folder + name) }
            rest = rest[name.endIndex...]
        }
        return found
    }
}
