import FieldKinds
import HTTPTypes
import Pages
import Values

extension PageRoutes {
    /// The names of divisions while an address is typed.
    static let divisions: [Route] = [
        get("/divisions/cities") { try DivisionHandlers.suggest($0, districts: false) },
        get("/divisions/districts") { try DivisionHandlers.suggest($0, districts: true) },
    ]
}

/// Cities and districts of China for the form.
enum DivisionHandlers {
    static func suggest(_ page: PageCall, districts: Bool) throws -> Reply {
        _ = try page.actor
        let text = String((page.call.query["q"] ?? "").prefix(20)).trimmingSpaces
        let found = text.isEmpty ? [] : ChineseDivisions.suggestions(text, districts: districts)
        return Reply.list(found) { entry, json in
            json.object { json in
                json.member("name", entry.name)
                json.member("place", entry.place)
            }
        }
    }
}
