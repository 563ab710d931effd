import ArgumentParser
import Operations
import Values

/// What commands say of attachments that are missing or damaged.
enum MissingWords {
    /// The exit status of a command that has done its work but for attachments.
    static let status = ExitCode(2)

    /// Says on stderr what an archive that was made does not hold.
    static func complain(_ missing: MissingFiles, of manifest: Manifest) {
        let count = manifest.faults.count
        say(
            Label(
                "The archive is made, but \(count) files of the workspace are missing or damaged and not in it. Put them back from an older archive.",
                zh: "备份已生成，但工作区中有 \(count) 个文件丢失或已损坏，未包含在内。请从较早的备份中恢复这些文件。"
            )
        )
        list(missing)
        // What nothing names has no other name than its place.
        guard missing.count == 0 else { return }
        for gap in manifest.faults.prefix(MissingFiles.most) {
            say(Label("Damaged, and named by no record: \(gap.path)", zh: "已损坏且未被任何记录引用：\(gap.path)"))
        }
    }

    /// Says on stderr what did not come out of an archive; nothing where all has come.
    static func complain(_ unpacked: Unpacked) {
        if !unpacked.isWhole {
            say(
                Label(
                    "The archive is damaged: its database is sound, and files behind the damage have not come.",
                    zh: "备份文件已损坏：其中的数据库完好，损坏处之后的文件未能恢复。"
                )
            )
        }
        guard unpacked.missing.count > 0 else {
            guard unpacked.isWhole, !unpacked.manifest.faults.isEmpty else { return }
            return say(
                Label(
                    "Files that no record names were damaged when the archive was made, and have not come.",
                    zh: "有未被任何记录引用的文件在备份时已损坏，未予恢复。"
                )
            )
        }
        let count = unpacked.missing.count
        say(
            Label(
                "\(count) attachments have not come, because they were missing or damaged. Put them back from an older archive: kehu restore FILE --workspace OTHER.",
                zh: "有 \(count) 个附件丢失或已损坏，未能恢复。请从较早的备份中找回：kehu restore 文件 --workspace 另一名称。"
            )
        )
        list(unpacked.missing)
    }

    private static func list(_ missing: MissingFiles) {
        for file in missing.first {
            say(Label("Missing or damaged: \(file.text.en)", zh: "丢失或已损坏：\(file.text.zh)"))
        }
        let more = missing.count - missing.first.count
        if more > 0 { say(Label("And \(more) more.", zh: "以及另外 \(more) 个。")) }
    }

    private static func say(_ label: Label) { Console.complain(label.text(Console.language)) }
}

extension MissingFiles {
    /// How many there are, and the first of them.
    func write(to json: inout JSONWriter) {
        json.member("missing_count", Int64(count))
        json.key("missing")
        json.array { json in
            for file in first {
                json.object { json in
                    json.member("id", file.id.description)
                    json.member("name", file.name)
                    json.member("object", file.object)
                    json.member("record", file.record?.description)
                }
            }
        }
    }
}
