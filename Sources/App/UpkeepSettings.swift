import Jobs
import Operations
import Values

extension Upkeep {
    /// What flags, environment and file say about backups.
    init(_ settings: Settings) throws {
        let folder = settings.text("backup_folder")
        self.init(folder: folder.isEmpty ? settings.text("data") + "/backups" : folder)
        backup = try Upkeep.time(settings, "backup_at").map { .daily(hour: $0.hour, minute: $0.minute) }
        retention = Retention(
            daily: try settings.number("backup_keep_daily", 1...366),
            weekly: try settings.number("backup_keep_weekly", 0...520)
        )
        switch try settings.word("restore_drill", ["weekly", "daily", "off"]) {
        case "off": drill = nil
        case "daily": drill = .daily(hour: 4, minute: 0)
        default: break
        }
        let file = settings.text("backup_passphrase_file")
        passphraseFile = file.isEmpty ? nil : file
    }

    private static func time(_ settings: Settings, _ name: String) throws -> (hour: Int, minute: Int)? {
        let text = settings.text(name)
        if text == "off" { return nil }
        let parts = text.split(separator: ":").map { Int($0) }
        if parts.count == 2, let hour = parts[0], let minute = parts[1], (0...23).contains(hour),
            (0...59).contains(minute)
        {
            return (hour, minute)
        }
        throw Problem(
            .invalid,
            "wrong_setting",
            Label(
                "The setting «\(name)» is «\(text)»; it must be a time such as 02:30, or off.",
                zh: "设置项 \(name) 的值“\(text)”无效，应为 02:30 这样的时间或 off。"
            )
        )
    }
}
