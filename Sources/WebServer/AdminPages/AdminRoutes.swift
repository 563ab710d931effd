import HTTPTypes
import Pages

extension PageRoutes {
    /// The administration: settings, people, rights, objects and fields, logs and the recycle bin.
    static let administration: [Route] = settings + people + definitions + logs + bin + jobs + webhooks

    private static let settings: [Route] = [
        get(Addresses.settings, SettingsHandlers.index),
        get(SettingsHandlers.address, SettingsHandlers.workspace),
        post(SettingsHandlers.address, SettingsHandlers.change),
        post(SettingsHandlers.rates, SettingsHandlers.setRate),
    ]

    private static let people: [Route] = [
        get(Addresses.users, UserHandlers.list),
        post(Addresses.users, UserHandlers.add),
        get(Addresses.users + "/{id}", UserHandlers.show),
        post(Addresses.users + "/{id}", UserHandlers.change),
        post(Addresses.users + "/{id}/{verb}", UserHandlers.act),
        get(Addresses.teams, TeamHandlers.list),
        post(Addresses.teams, TeamHandlers.add),
        post(Addresses.teams + "/{id}", TeamHandlers.change),
        post(Addresses.teams + "/{id}/delete", TeamHandlers.delete),
        get(Addresses.roles, RoleHandlers.list),
        post(Addresses.roles, RoleHandlers.add),
        get(Addresses.roles + "/{id}", RoleHandlers.show),
        post(Addresses.roles + "/{id}", RoleHandlers.change),
        post(Addresses.roles + "/{id}/delete", RoleHandlers.delete),
        post(Addresses.roles + "/{id}/fields", RoleHandlers.setField),
        get(KeyHandlers.address, KeyHandlers.list),
        post(KeyHandlers.address + "/{id}/revoke", KeyHandlers.revoke),
    ]

    private static let definitions: [Route] = [
        get(Addresses.objects, ObjectHandlers.list),
        post(Addresses.objects, ObjectHandlers.add),
        get(Addresses.objects + "/{object}", ObjectHandlers.show),
        post(Addresses.objects + "/{object}", ObjectHandlers.rename),
        post(Addresses.objects + "/{object}/{verb}", ObjectHandlers.act),
        post(Addresses.objects + "/{object}/fields", FieldHandlers.add),
        get(Addresses.objects + "/{object}/fields/{field}", FieldHandlers.show),
        post(Addresses.objects + "/{object}/fields/{field}", FieldHandlers.change),
        post(Addresses.objects + "/{object}/fields/{field}/{verb}", FieldHandlers.act),
        post(Addresses.objects + "/{object}/fields/{field}/choices", ChoiceHandlers.add),
        post(Addresses.objects + "/{object}/fields/{field}/choices/{choice}", ChoiceHandlers.rename),
        post(Addresses.objects + "/{object}/fields/{field}/choices/{choice}/{verb}", ChoiceHandlers.act),
        get(PipelineHandlers.address, PipelineHandlers.show),
        post(PipelineHandlers.address, PipelineHandlers.add),
        post(PipelineHandlers.address + "/{pipeline}", PipelineHandlers.change),
        get(Addresses.objects + "/{object}/duplicates", DuplicateRuleHandlers.show),
        post(Addresses.objects + "/{object}/duplicates", DuplicateRuleHandlers.save),
        post(Addresses.objects + "/{object}/rules", RuleHandlers.add),
        post(Addresses.objects + "/{object}/rules/{rule}", RuleHandlers.change),
        post(Addresses.objects + "/{object}/rules/{rule}/delete", RuleHandlers.delete),
    ]

    private static let logs: [Route] = [
        list(Addresses.audit, AuditHandlers.list),
        get(LogInHandlers.address, LogInHandlers.list),
        get(AlertHandlers.address, AlertHandlers.list),
        post(AlertHandlers.address + "/{id}/seen", AlertHandlers.see),
    ]

    private static let webhooks: [Route] = [
        get(Addresses.webhooks, WebhookHandlers.list),
        post(Addresses.webhooks, WebhookHandlers.add),
        get(Addresses.webhooks + "/new", WebhookHandlers.new),
        get(Addresses.webhooks + "/{id}", WebhookHandlers.show),
        get(Addresses.webhooks + "/{id}/edit", WebhookHandlers.edit),
        post(Addresses.webhooks + "/{id}", WebhookHandlers.change),
        post(Addresses.webhooks + "/{id}/{verb}", WebhookHandlers.act),
        get(Addresses.webhooks + "/{id}/deliveries/{delivery}", DeliveryHandlers.show),
        post(Addresses.webhooks + "/{id}/deliveries/{delivery}/replay", DeliveryHandlers.replay),
    ]

    private static let jobs: [Route] = [
        get(Addresses.jobs, JobHandlers.list),
        post(Addresses.jobs + "/{id}/again", JobHandlers.again),
        post(Addresses.jobs + "/plans/{name}", JobHandlers.runNow),
    ]

    private static let bin: [Route] = [
        get(Addresses.bin, BinHandlers.show),
        post(Addresses.bin + "/{plural}", BinHandlers.bulk),
    ]
}
