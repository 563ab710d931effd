public import Values

/// One file in an archive.
public struct ArchivePart: Sendable, Equatable {
    /// The path inside the archive.
    public let name: String
    /// The number of bytes.
    public let size: Int64
    /// The SHA-256 of its bytes, in hexadecimal digits.
    public let hash: String
}

/// What an archive says about itself.
public struct Manifest: Sendable, Equatable {
    /// The form of the archive.
    public static let form: Int64 = 1
    /// The version of the program that made it.
    public var program: String
    /// The form of the stored data.
    public var dataFormat: Int64
    /// The name of the workspace.
    public var workspace: String
    /// When it was made.
    public var madeAt: Instant
    /// How many rows each table has.
    public var rows: [String: Int64] = [:]
    /// How many entries the audit log has.
    public var auditEntries: Int64 = 0
    /// About how many bytes it needs unpacked; 0 where it does not say.
    public var unpacked: Int64 = 0
    /// The files.
    public var parts: [ArchivePart] = []
    /// The files that it does not give back.
    public var gaps: [ArchiveGap] = []
    /// How many files there are beside the database, without those that are damaged.
    public var files: Int {
        let damaged = damagedParts
        return parts.count { $0.name.hasPrefix(Backup.filesName + "/") && !damaged.contains($0.name) }
    }
    /// Whether the key that encrypts stored secrets is inside.
    public var hasKey: Bool { parts.contains { $0.name == Backup.keyName } }

    var text: String {
        var json = JSONWriter()
        json.object { json in
            json.member("kehu_archive", Manifest.form)
            json.member("program", program)
            json.member("data_format", dataFormat)
            json.member("workspace", workspace)
            json.member("made_at", madeAt.description)
            json.member("audit_entries", auditEntries)
            json.member("unpacked", unpacked)
            json.key("rows")
            json.object { json in for (name, count) in rows.sorted(by: { $0.key < $1.key }) { json.member(name, count) }
            }
            json.key("parts")
            json.array { json in
                for part in parts {
                    json.object { json in
                        json.member("name", part.name)
                        json.member("size", part.size)
                        json.member("sha256", part.hash)
                    }
                }
            }
            if !gaps.isEmpty {
                json.key("gaps")
                json.array { json in
                    for gap in gaps {
                        json.object { json in
                            json.member("path", gap.path)
                            json.member("reason", gap.reason.rawValue)
                        }
                    }
                }
            }
        }
        return json.text
    }

    init(program: String, dataFormat: Int64, workspace: String, madeAt: Instant) {
        self.program = program
        self.dataFormat = dataFormat
        self.workspace = workspace
        self.madeAt = madeAt
    }

    init(_ bytes: [UInt8]) throws {
        guard let json = try? JSONReader.parse(bytes), let form = json["kehu_archive"]?.integer,
            let workspace = json["workspace"]?.string, let at = json["made_at"]?.string.flatMap({ Instant($0) })
        else { throw Problem.archiveDamaged }
        let program = json["program"]?.string ?? ""
        guard form <= Manifest.form else { throw Problem.newer(program) }
        self.init(
            program: program,
            dataFormat: json["data_format"]?.integer ?? 0,
            workspace: workspace,
            madeAt: at
        )
        auditEntries = json["audit_entries"]?.integer ?? 0
        unpacked = json["unpacked"]?.integer ?? 0
        rows = (json["rows"]?.members ?? []).reduce(into: [:]) { $0[$1.key] = $1.value.integer }
        parts = try (json["parts"]?.array ?? []).map { part in
            guard let name = part["name"]?.string, let size = part["size"]?.integer, let hash = part["sha256"]?.string
            else { throw Problem.archiveDamaged }
            return ArchivePart(name: name, size: size, hash: hash)
        }
        gaps = try (json["gaps"]?.array ?? []).map { gap in
            guard let path = gap["path"]?.string, let reason = gap["reason"]?.string else {
                throw Problem.archiveDamaged
            }
            return ArchiveGap(path: path, reason: ArchiveGap.Reason(rawValue: reason) ?? .damaged)
        }
    }
}

extension Problem {
    static func newer(_ program: String) -> Problem {
        Problem(
            .unavailable,
            "newer_data",
            Label(
                "This was written by a newer version of Kehu (\(program)). Install that version.",
                zh: "数据由更新版本的程序（\(program)）写入，请升级程序后再试。"
            )
        )
    }
}
