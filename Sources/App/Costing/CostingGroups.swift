import Costing
import Pages
import Records
import Schema
import Values
import WebServer

/// Profit by owner, channel, cohort and product: pages and API.
enum CostingGroups {
    static let routes: [FeatureRoute] = [
        FeatureRoute(.page, "/costing/groups", list),
        FeatureRoute(.page, "/costing/groups/{by}/{key}", group),
        FeatureRoute(.page, "/costing/groups/{by}/{key}/{month}/{line}", parts),
        CostingForms.read(
            "/groups",
            "cost_groups",
            "Statements by owner, channel, cohort or product",
            CostingForms.span + [("by", .words(GroupDimension.allCases.map(\.rawValue)), "By what")],
            CostingForms.groups,
            isFile: true,
            listed
        ),
        CostingForms.read(
            "/groups/{by}/{key}",
            "cost_group",
            "A group by month",
            CostingForms.span,
            CostingForms.months,
            isFile: true,
            months
        ),
        CostingForms.read(
            "/groups/{by}/{key}/customers",
            "cost_group_customers",
            "The customers behind a figure of a group",
            CostingForms.figure + [CostingForms.span[2]],
            CostingForms.parts,
            isFile: true,
            customers
        ),
    ]

    /// The product that a call narrows to: an id, `none`, or nothing for all.
    static func product(_ request: FeatureRequest) throws -> EntryReader.ProductScope {
        let text = request.query("product")
        if text.isEmpty { return .all }
        if text == GroupReader.none { return .none }
        guard let id = RecordID(text) else { throw Problem.notFound }
        return .of(id)
    }

    private static func dimension(_ request: FeatureRequest) throws -> GroupDimension {
        guard let dimension = GroupDimension(rawValue: request.parameter("by")) else { throw Problem.notFound }
        return dimension
    }

    private static func read(
        _ dimension: GroupDimension,
        _ request: FeatureRequest
    ) async throws -> (CostingSpan, [GroupReader.Group]) {
        let span = try await CostingSpan(request)
        let groups = try await request.read {
            try GroupReader.groups(by: dimension, from: span.from, to: span.to, filter: span.filter, $0)
        }
        return (span, groups)
    }

    // MARK: Pages

    private static func list(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let dimension = GroupDimension(rawValue: request.query("by")) ?? .owner
        let (span, groups) = try await read(dimension, request)
        return .page(
            request.context(Label("Breakdown", zh: "分组利润")),
            GroupPage.list(groups, by: dimension, span.frame(request)),
            current: "/costing",
            crumbs: []
        )
    }

    private static func crumbs(_ dimension: GroupDimension, _ request: FeatureRequest) -> [Crumb] {
        [Crumb(request.context(dimension.label), "/costing/groups?by=\(dimension.rawValue)")]
    }

    private static func group(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, dimension, key) = (try await CostingSpan(request), try dimension(request), request.parameter("key"))
        let (label, months) = try await request.read {
            try GroupReader.months(of: key, by: dimension, from: span.from, to: span.to, filter: span.filter, $0)
        }
        return .page(
            request.context(label),
            GroupPage.group(months, key, label, by: dimension, span.frame(request)),
            current: "/costing",
            crumbs: crumbs(dimension, request)
        )
    }

    private static func parts(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, dimension, key) = (try await CostingSpan(request), try dimension(request), request.parameter("key"))
        let month = request.parameter("month")
        guard let line = ProfitLine(rawValue: request.parameter("line")), CostingSpan.isMonth(month) else {
            throw Problem.notFound
        }
        let (label, parts) = try await request.read { session in
            let (label, _) = try GroupReader.months(of: key, by: dimension, from: month, to: month, session)
            let parts = try GroupReader.parts(
                of: key,
                by: dimension,
                month: month,
                line: line,
                filter: span.filter,
                session
            )
            return (label, parts)
        }
        let html = GroupPage.parts(parts, label, key, by: dimension, month: month, line: line, span.frame(request))
        let group = Crumb(request.context(label), "/costing/groups/\(dimension.rawValue)/\(key)")
        return .page(
            request.context(line.label),
            html,
            current: "/costing",
            crumbs: crumbs(dimension, request) + [group]
        )
    }

    // MARK: API

    private static func listed(_ request: FeatureRequest) async throws -> FeatureAnswer {
        guard let dimension = GroupDimension(rawValue: request.query("by")) else {
            let known = GroupDimension.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.malformed("invalid_parameter", Label("by is one of \(known).", zh: "by 可取 \(known)。"))
        }
        let (_, groups) = try await read(dimension, request)
        let (currency, language) = (request.engine.schema.baseCurrency, request.language)
        guard request.query("format") != "csv" else {
            return .csv("groups", CostingCSV.groups(groups, by: dimension, language, currency))
        }
        let hidesPay = CostSettings.hidesPay(from: request.actor)
        return .json(CostingJSON.groups(groups, currency, language, hidesPay: hidesPay))
    }

    private static func months(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, dimension, key) = (try await CostingSpan(request), try dimension(request), request.parameter("key"))
        let (_, months) = try await request.read {
            try GroupReader.months(of: key, by: dimension, from: span.from, to: span.to, filter: span.filter, $0)
        }
        return CostingAPI.answer(months, request)
    }

    private static func customers(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (span, dimension, key) = (try await CostingSpan(request), try dimension(request), request.parameter("key"))
        let (month, line) = (request.query("month"), try CostingAPI.line(request))
        let (offset, isFile) = (CostingSpan.offset(request), request.query("format") == "csv")
        let parts = try await request.read {
            try GroupReader.parts(
                of: key,
                by: dimension,
                month: month,
                line: line,
                limit: isFile ? 100_000 : 200,
                offset: offset,
                filter: span.filter,
                $0
            )
        }
        let currency = request.engine.schema.baseCurrency
        guard isFile else { return .json(CostingJSON.parts(parts, currency)) }
        return .csv("customers", CostingCSV.parts(parts, request.language, currency))
    }
}

extension FeatureAnswer {
    /// A CSV file of a name.
    static func csv(_ name: String, _ bytes: [UInt8]) -> FeatureAnswer {
        .file(name + ".csv", "text/csv; charset=utf-8", bytes)
    }
}
