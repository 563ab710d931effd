import Values

/// Where a PostgreSQL database is: an address as libpq reads it, with several hosts if wanted, and what is ours in it.
///
/// `postgres://kehu@db1,db2/crm?target_session_attrs=read-write&sslmode=verify-full&pool=20`
public struct PostgresAddress: Sendable, Hashable {
    /// What libpq gets.
    let connection: String
    /// The most connections that the process opens.
    let pool: Int
    /// False with `prepare=no`: for poolers that do not keep prepared statements.
    let preparesStatements: Bool
    /// The schema that knows the workspaces.
    let directory: String
    /// When its connections end.
    var life = ConnectionLife()
    /// The address without its password, for people.
    public let shown: String

    /// Reads an address; throws a `Problem` that says what is wrong with it.
    ///
    /// Besides libpq's own: `pool` (2 to 200 connections, else 16), `wait` (1 to 600 seconds for one to become free, else
    /// 30), `prepare` (`yes` or `no`), and `directory`, the schema that knows the workspaces, for several installations in
    /// one database. One that `follows` is given up sooner when it does not answer.
    public init(_ text: String, follows: Bool = false) throws {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else {
            throw PostgresAddress.problem(
                Label("It begins with postgres://.", zh: "地址应以 postgres:// 开头。")
            )
        }
        guard PostgresAddress.isWellWritten(text) else {
            throw PostgresAddress.problem(
                Label(
                    "In names and passwords write @ as %40, / as %2F, ? as %3F and % as %25.",
                    zh: "用户名和密码中的 @、/、?、% 应分别写作 %40、%2F、%3F、%25。"
                )
            )
        }
        let parts = text.split(separator: "?", maxSplits: 1).map(String.init)
        // Where one that follows is busy the leading server reads.
        if follows { life.wait = .seconds(2) }
        var (pool, prepares, directory) = (16, true, "kehu_directory")
        // A machine that is lost does not say so: without limits a connection to it would be waited for a quarter of an hour.
        var kept = ["application_name=kehu", "connect_timeout=\(follows ? 2 : 10)"]
        kept += ["tcp_user_timeout=\(follows ? 5000 : 15_000)", "keepalives_idle=10", "keepalives_interval=3"]
        for pair in parts.count > 1 ? parts[1].split(separator: "&").map(String.init) : [] {
            let name = pair.prefix { $0 != "=" }
            let value = String(pair.dropFirst(name.count + 1))
            switch name {
            case "pool":
                pool = try PostgresAddress.number(value, "pool", 2...200)
            case "wait":
                life.wait = .seconds(try PostgresAddress.number(value, "wait", 1...600))
            case "prepare":
                guard value == "yes" || value == "no" else {
                    throw PostgresAddress.problem(Label("«prepare» is yes or no.", zh: "prepare 应为 yes 或 no。"))
                }
                prepares = value == "yes"
            case "directory":
                guard value.utf8.count <= 60, value.utf8.allSatisfy({ PostgresAddress.isNamePart($0) }), !value.isEmpty
                else {
                    throw PostgresAddress.problem(
                        Label("«directory» has small letters, digits and _.", zh: "directory 只能用小写字母、数字和下划线。")
                    )
                }
                directory = value
            default:
                // What was said comes in the place of what is usual.
                kept.removeAll { $0.hasPrefix(name + "=") }
                kept.append(pair)
            }
        }
        connection = parts[0] + "?" + kept.joined(separator: "&")
        (self.pool, preparesStatements, self.directory) = (pool, prepares, directory)
        shown = PostgresAddress.withoutPassword(parts[0])
    }

    private static func number(_ value: String, _ name: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(value), range.contains(number) else {
            let (first, last) = (range.lowerBound, range.upperBound)
            throw problem(
                Label("«\(name)» is a number from \(first) to \(last).", zh: "\(name) 应为 \(first) 到 \(last) 的数字。")
            )
        }
        return number
    }

    /// False where a name or password holds a sign that parts an address: libpq would take it apart in another place, and
    /// say what it found there, which may be a piece of the password.
    private static func isWellWritten(_ text: String) -> Bool {
        let escapes = text.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false).dropFirst()
        for escape in escapes {
            let digits = String(decoding: escape.prefix(2), as: UTF8.self)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), digits != "00" else { return false }
        }
        let parts = text.split(separator: "?", maxSplits: 1)
        // The scheme, nothing, the servers with who logs in, and the database.
        let places = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard places.dropFirst(3).allSatisfy({ !$0.contains("@") }), places[2].filter({ $0 == "@" }).count < 2 else {
            return false
        }
        let pairs = parts.count > 1 ? parts[1].split(separator: "&") : []
        // Where nobody logs in before it, an @ behind the question mark may be the end of a password.
        let isBehind = !places[2].contains("@") && places[2].contains(":")
        return pairs.allSatisfy { pair in !(isBehind ? pair : pair.prefix { $0 != "=" }).contains("@") }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
    }

    private static func withoutPassword(_ text: String) -> String {
        guard let start = text.firstRange(of: "://")?.upperBound, let end = text.lastIndex(of: "@"),
            let colon = text[start..<end].firstIndex(of: ":")
        else { return text }
        return String(text[..<colon] + text[end...])
    }

    private static func problem(_ reason: Label) -> Problem {
        Problem(
            .invalid,
            "invalid_database_address",
            Label(
                "The address of the database cannot be used. \(reason.en)",
                zh: "数据库地址无效：\(reason.zh)"
            )
        )
    }
}
