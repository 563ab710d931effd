import FieldKinds
import HTTPTypes
import Pages
import Values

extension PageRoutes {
    /// The names of divisions while an address is typed.
    static let divisions: [Route] = [
        get("/divisions/provinces") { try DivisionHandlers.suggest($0, .province) },
        get("/divisions/cities") { try DivisionHandlers.suggest($0, .city) },
        get("/divisions/districts") { try DivisionHandlers.suggest($0, .district) },
    ]
}

/// Provinces, cities and districts of China for the form.
enum DivisionHandlers {
    static func suggest(_ page: PageCall, _ level: ChineseDivisions.Level) throws -> Reply {
        _ = try page.actor
        let text = String((page.call.query["q"] ?? "").prefix(20)).trimmingSpaces
        let found = text.isEmpty ? [] : ChineseDivisions.suggestions(text, level)
        return Reply.list(found) { entry, json in
            json.object { json in
                json.member("name", entry.name)
                json.member("place", entry.place)
            }
        }
    }
}
