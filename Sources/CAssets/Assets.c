// The files of this target, embedded by C23's #embed. A new file needs its two entries here; a test finds one without.

#include "CAssets.h"

#include <string.h>

static const uint8_t bridge_js[] = {
#embed "Bridge/bridge.js"
};
static const uint8_t dashboard_ansi_js[] = {
#embed "Dashboard/ansi.js"
};
static const uint8_t dashboard_answer_js[] = {
#embed "Dashboard/answer.js"
};
static const uint8_t dashboard_api_js[] = {
#embed "Dashboard/api.js"
};
static const uint8_t dashboard_app_js[] = {
#embed "Dashboard/app.js"
};
static const uint8_t dashboard_attachment_js[] = {
#embed "Dashboard/attachment.js"
};
static const uint8_t dashboard_base_css[] = {
#embed "Dashboard/base.css"
};
static const uint8_t dashboard_bulk_js[] = {
#embed "Dashboard/bulk.js"
};
static const uint8_t dashboard_card_js[] = {
#embed "Dashboard/card.js"
};
static const uint8_t dashboard_channel_js[] = {
#embed "Dashboard/channel.js"
};
static const uint8_t dashboard_chosen_js[] = {
#embed "Dashboard/chosen.js"
};
static const uint8_t dashboard_compare_lines_js[] = {
#embed "Dashboard/compare-lines.js"
};
static const uint8_t dashboard_compare_pictures_js[] = {
#embed "Dashboard/compare-pictures.js"
};
static const uint8_t dashboard_compare_values_js[] = {
#embed "Dashboard/compare-values.js"
};
static const uint8_t dashboard_compare_css[] = {
#embed "Dashboard/compare.css"
};
static const uint8_t dashboard_composer_js[] = {
#embed "Dashboard/composer.js"
};
static const uint8_t dashboard_content_js[] = {
#embed "Dashboard/content.js"
};
static const uint8_t dashboard_counterparts_js[] = {
#embed "Dashboard/counterparts.js"
};
static const uint8_t dashboard_csv_js[] = {
#embed "Dashboard/csv.js"
};
static const uint8_t dashboard_dom_js[] = {
#embed "Dashboard/dom.js"
};
static const uint8_t dashboard_drafts_js[] = {
#embed "Dashboard/drafts.js"
};
static const uint8_t dashboard_explain_js[] = {
#embed "Dashboard/explain.js"
};
static const uint8_t dashboard_fields_js[] = {
#embed "Dashboard/fields.js"
};
static const uint8_t dashboard_file_head_js[] = {
#embed "Dashboard/file-head.js"
};
static const uint8_t dashboard_file_js[] = {
#embed "Dashboard/file.js"
};
static const uint8_t dashboard_files_js[] = {
#embed "Dashboard/files.js"
};
static const uint8_t dashboard_finder_js[] = {
#embed "Dashboard/finder.js"
};
static const uint8_t dashboard_first_js[] = {
#embed "Dashboard/first.js"
};
static const uint8_t dashboard_groups_js[] = {
#embed "Dashboard/groups.js"
};
static const uint8_t dashboard_icon_svg[] = {
#embed "Dashboard/icon.svg"
};
static const uint8_t dashboard_icons_svg[] = {
#embed "Dashboard/icons.svg"
};
static const uint8_t dashboard_inbox_js[] = {
#embed "Dashboard/inbox.js"
};
static const uint8_t dashboard_index_html[] = {
#embed "Dashboard/index.html"
};
static const uint8_t dashboard_json_js[] = {
#embed "Dashboard/json.js"
};
static const uint8_t dashboard_keys_js[] = {
#embed "Dashboard/keys.js"
};
static const uint8_t dashboard_kinds_js[] = {
#embed "Dashboard/kinds.js"
};
static const uint8_t dashboard_lines_js[] = {
#embed "Dashboard/lines.js"
};
static const uint8_t dashboard_lists_js[] = {
#embed "Dashboard/lists.js"
};
static const uint8_t dashboard_live_js[] = {
#embed "Dashboard/live.js"
};
static const uint8_t dashboard_log_css[] = {
#embed "Dashboard/log.css"
};
static const uint8_t dashboard_manifest_json[] = {
#embed "Dashboard/manifest.json"
};
static const uint8_t dashboard_markdown_js[] = {
#embed "Dashboard/markdown.js"
};
static const uint8_t dashboard_markers_js[] = {
#embed "Dashboard/markers.js"
};
static const uint8_t dashboard_minimap_js[] = {
#embed "Dashboard/minimap.js"
};
static const uint8_t dashboard_newer_js[] = {
#embed "Dashboard/newer.js"
};
static const uint8_t dashboard_outbox_js[] = {
#embed "Dashboard/outbox.js"
};
static const uint8_t dashboard_overlay_js[] = {
#embed "Dashboard/overlay.js"
};
static const uint8_t dashboard_paint_js[] = {
#embed "Dashboard/paint.js"
};
static const uint8_t dashboard_parts_css[] = {
#embed "Dashboard/parts.css"
};
static const uint8_t dashboard_patch_js[] = {
#embed "Dashboard/patch.js"
};
static const uint8_t dashboard_plugin_js[] = {
#embed "Dashboard/plugin.js"
};
static const uint8_t dashboard_preferences_js[] = {
#embed "Dashboard/preferences.js"
};
static const uint8_t dashboard_push_js[] = {
#embed "Dashboard/push.js"
};
static const uint8_t dashboard_records_js[] = {
#embed "Dashboard/records.js"
};
static const uint8_t dashboard_rows_js[] = {
#embed "Dashboard/rows.js"
};
static const uint8_t dashboard_service_worker_js[] = {
#embed "Dashboard/service-worker.js"
};
static const uint8_t dashboard_settings_browsers_js[] = {
#embed "Dashboard/settings-browsers.js"
};
static const uint8_t dashboard_settings_channels_js[] = {
#embed "Dashboard/settings-channels.js"
};
static const uint8_t dashboard_settings_keys_js[] = {
#embed "Dashboard/settings-keys.js"
};
static const uint8_t dashboard_settings_notifications_js[] = {
#embed "Dashboard/settings-notifications.js"
};
static const uint8_t dashboard_settings_plugins_js[] = {
#embed "Dashboard/settings-plugins.js"
};
static const uint8_t dashboard_settings_users_js[] = {
#embed "Dashboard/settings-users.js"
};
static const uint8_t dashboard_settings_js[] = {
#embed "Dashboard/settings.js"
};
static const uint8_t dashboard_shapes_css[] = {
#embed "Dashboard/shapes.css"
};
static const uint8_t dashboard_shapes_js[] = {
#embed "Dashboard/shapes.js"
};
static const uint8_t dashboard_shares_js[] = {
#embed "Dashboard/shares.js"
};
static const uint8_t dashboard_sign_js[] = {
#embed "Dashboard/sign.js"
};
static const uint8_t dashboard_steps_js[] = {
#embed "Dashboard/steps.js"
};
static const uint8_t dashboard_storage_js[] = {
#embed "Dashboard/storage.js"
};
static const uint8_t dashboard_store_js[] = {
#embed "Dashboard/store.js"
};
static const uint8_t dashboard_table_js[] = {
#embed "Dashboard/table.js"
};
static const uint8_t dashboard_test_report_js[] = {
#embed "Dashboard/test-report.js"
};
static const uint8_t dashboard_theme_js[] = {
#embed "Dashboard/theme.js"
};
static const uint8_t dashboard_thread_js[] = {
#embed "Dashboard/thread.js"
};
static const uint8_t dashboard_trail_js[] = {
#embed "Dashboard/trail.js"
};
static const uint8_t dashboard_tree_finder_js[] = {
#embed "Dashboard/tree-finder.js"
};
static const uint8_t dashboard_tree_folds_js[] = {
#embed "Dashboard/tree-folds.js"
};
static const uint8_t dashboard_tree_js[] = {
#embed "Dashboard/tree.js"
};
static const uint8_t dashboard_upload_js[] = {
#embed "Dashboard/upload.js"
};
static const uint8_t dashboard_versions_js[] = {
#embed "Dashboard/versions.js"
};
static const uint8_t dashboard_view_archive_js[] = {
#embed "Dashboard/view-archive.js"
};
static const uint8_t dashboard_view_compare_js[] = {
#embed "Dashboard/view-compare.js"
};
static const uint8_t dashboard_view_diff_js[] = {
#embed "Dashboard/view-diff.js"
};
static const uint8_t dashboard_view_image_js[] = {
#embed "Dashboard/view-image.js"
};
static const uint8_t dashboard_view_json_js[] = {
#embed "Dashboard/view-json.js"
};
static const uint8_t dashboard_view_log_js[] = {
#embed "Dashboard/view-log.js"
};
static const uint8_t dashboard_view_media_js[] = {
#embed "Dashboard/view-media.js"
};
static const uint8_t dashboard_view_ndjson_js[] = {
#embed "Dashboard/view-ndjson.js"
};
static const uint8_t dashboard_view_page_js[] = {
#embed "Dashboard/view-page.js"
};
static const uint8_t dashboard_view_patch_js[] = {
#embed "Dashboard/view-patch.js"
};
static const uint8_t dashboard_view_plugin_js[] = {
#embed "Dashboard/view-plugin.js"
};
static const uint8_t dashboard_view_report_js[] = {
#embed "Dashboard/view-report.js"
};
static const uint8_t dashboard_view_source_js[] = {
#embed "Dashboard/view-source.js"
};
static const uint8_t dashboard_view_table_js[] = {
#embed "Dashboard/view-table.js"
};
static const uint8_t dashboard_view_text_js[] = {
#embed "Dashboard/view-text.js"
};
static const uint8_t dashboard_viewers_js[] = {
#embed "Dashboard/viewers.js"
};
static const uint8_t dashboard_views_css[] = {
#embed "Dashboard/views.css"
};
static const uint8_t dashboard_visible_js[] = {
#embed "Dashboard/visible.js"
};
static const uint8_t dashboard_words_js[] = {
#embed "Dashboard/words.js"
};
static const uint8_t mcp_tools_json[] = {
#embed "MCP/tools.json"
};
static const uint8_t openapi_account_schemas[] = {
#embed "OpenAPI/account-schemas.json"
};
static const uint8_t openapi_accounts[] = {
#embed "OpenAPI/accounts.json"
};
static const uint8_t openapi_admin[] = {
#embed "OpenAPI/admin.json"
};
static const uint8_t openapi_agent_schemas[] = {
#embed "OpenAPI/agent-schemas.json"
};
static const uint8_t openapi_agents[] = {
#embed "OpenAPI/agents.json"
};
static const uint8_t openapi_archives[] = {
#embed "OpenAPI/archives.json"
};
static const uint8_t openapi_audit[] = {
#embed "OpenAPI/audit.json"
};
static const uint8_t openapi_avatars[] = {
#embed "OpenAPI/avatars.json"
};
static const uint8_t openapi_conventions[] = {
#embed "OpenAPI/conventions.json"
};
static const uint8_t openapi_conversations[] = {
#embed "OpenAPI/conversations.json"
};
static const uint8_t openapi_downloads[] = {
#embed "OpenAPI/downloads.json"
};
static const uint8_t openapi_entries[] = {
#embed "OpenAPI/entries.json"
};
static const uint8_t openapi_errors[] = {
#embed "OpenAPI/errors.json"
};
static const uint8_t openapi_events[] = {
#embed "OpenAPI/events.json"
};
static const uint8_t openapi_file_schemas[] = {
#embed "OpenAPI/file-schemas.json"
};
static const uint8_t openapi_files[] = {
#embed "OpenAPI/files.json"
};
static const uint8_t openapi_lines[] = {
#embed "OpenAPI/lines.json"
};
static const uint8_t openapi_markdown[] = {
#embed "OpenAPI/markdown.json"
};
static const uint8_t openapi_message_schemas[] = {
#embed "OpenAPI/message-schemas.json"
};
static const uint8_t openapi_messages[] = {
#embed "OpenAPI/messages.json"
};
static const uint8_t openapi_notifications[] = {
#embed "OpenAPI/notifications.json"
};
static const uint8_t openapi_plugins[] = {
#embed "OpenAPI/plugins.json"
};
static const uint8_t openapi_preferences[] = {
#embed "OpenAPI/preferences.json"
};
static const uint8_t openapi_resumable_uploads[] = {
#embed "OpenAPI/resumable-uploads.json"
};
static const uint8_t openapi_raw_uploads[] = {
#embed "OpenAPI/raw-uploads.json"
};
static const uint8_t openapi_review_schemas[] = {
#embed "OpenAPI/review-schemas.json"
};
static const uint8_t openapi_reviews[] = {
#embed "OpenAPI/reviews.json"
};
static const uint8_t openapi_sign_in[] = {
#embed "OpenAPI/sign-in.json"
};
static const uint8_t openapi_status[] = {
#embed "OpenAPI/status.json"
};
static const uint8_t openapi_streams[] = {
#embed "OpenAPI/streams.json"
};
static const uint8_t openapi_user_agents[] = {
#embed "OpenAPI/user-agents.json"
};
static const uint8_t openapi_user_files[] = {
#embed "OpenAPI/user-files.json"
};
static const uint8_t openapi_user_plugins[] = {
#embed "OpenAPI/user-plugins.json"
};
static const uint8_t openapi_webhooks[] = {
#embed "OpenAPI/webhooks.json"
};
static const uint8_t plugins_checklist_icon_svg[] = {
#embed "Plugins/checklist/icon.svg"
};
static const uint8_t plugins_checklist_plugin_json[] = {
#embed "Plugins/checklist/plugin.json"
};
static const uint8_t plugins_checklist_render_html[] = {
#embed "Plugins/checklist/render.html"
};
static const uint8_t plugins_diff_view_icon_svg[] = {
#embed "Plugins/diff-view/icon.svg"
};
static const uint8_t plugins_diff_view_plugin_json[] = {
#embed "Plugins/diff-view/plugin.json"
};
static const uint8_t plugins_diff_view_render_html[] = {
#embed "Plugins/diff-view/render.html"
};
static const uint8_t reference_page_css[] = {
#embed "Reference/page.css"
};

#define ASSET(name, bytes) {name, bytes, sizeof bytes}

static const struct Asset assets[] = {
    ASSET("Bridge/bridge.js", bridge_js),
    ASSET("Dashboard/ansi.js", dashboard_ansi_js),
    ASSET("Dashboard/answer.js", dashboard_answer_js),
    ASSET("Dashboard/api.js", dashboard_api_js),
    ASSET("Dashboard/app.js", dashboard_app_js),
    ASSET("Dashboard/attachment.js", dashboard_attachment_js),
    ASSET("Dashboard/base.css", dashboard_base_css),
    ASSET("Dashboard/bulk.js", dashboard_bulk_js),
    ASSET("Dashboard/card.js", dashboard_card_js),
    ASSET("Dashboard/channel.js", dashboard_channel_js),
    ASSET("Dashboard/chosen.js", dashboard_chosen_js),
    ASSET("Dashboard/compare-lines.js", dashboard_compare_lines_js),
    ASSET("Dashboard/compare-pictures.js", dashboard_compare_pictures_js),
    ASSET("Dashboard/compare-values.js", dashboard_compare_values_js),
    ASSET("Dashboard/compare.css", dashboard_compare_css),
    ASSET("Dashboard/composer.js", dashboard_composer_js),
    ASSET("Dashboard/content.js", dashboard_content_js),
    ASSET("Dashboard/counterparts.js", dashboard_counterparts_js),
    ASSET("Dashboard/csv.js", dashboard_csv_js),
    ASSET("Dashboard/dom.js", dashboard_dom_js),
    ASSET("Dashboard/drafts.js", dashboard_drafts_js),
    ASSET("Dashboard/explain.js", dashboard_explain_js),
    ASSET("Dashboard/fields.js", dashboard_fields_js),
    ASSET("Dashboard/file-head.js", dashboard_file_head_js),
    ASSET("Dashboard/file.js", dashboard_file_js),
    ASSET("Dashboard/files.js", dashboard_files_js),
    ASSET("Dashboard/finder.js", dashboard_finder_js),
    ASSET("Dashboard/first.js", dashboard_first_js),
    ASSET("Dashboard/groups.js", dashboard_groups_js),
    ASSET("Dashboard/icon.svg", dashboard_icon_svg),
    ASSET("Dashboard/icons.svg", dashboard_icons_svg),
    ASSET("Dashboard/inbox.js", dashboard_inbox_js),
    ASSET("Dashboard/index.html", dashboard_index_html),
    ASSET("Dashboard/json.js", dashboard_json_js),
    ASSET("Dashboard/keys.js", dashboard_keys_js),
    ASSET("Dashboard/kinds.js", dashboard_kinds_js),
    ASSET("Dashboard/lines.js", dashboard_lines_js),
    ASSET("Dashboard/lists.js", dashboard_lists_js),
    ASSET("Dashboard/live.js", dashboard_live_js),
    ASSET("Dashboard/log.css", dashboard_log_css),
    ASSET("Dashboard/manifest.json", dashboard_manifest_json),
    ASSET("Dashboard/markdown.js", dashboard_markdown_js),
    ASSET("Dashboard/markers.js", dashboard_markers_js),
    ASSET("Dashboard/minimap.js", dashboard_minimap_js),
    ASSET("Dashboard/newer.js", dashboard_newer_js),
    ASSET("Dashboard/outbox.js", dashboard_outbox_js),
    ASSET("Dashboard/overlay.js", dashboard_overlay_js),
    ASSET("Dashboard/paint.js", dashboard_paint_js),
    ASSET("Dashboard/parts.css", dashboard_parts_css),
    ASSET("Dashboard/patch.js", dashboard_patch_js),
    ASSET("Dashboard/plugin.js", dashboard_plugin_js),
    ASSET("Dashboard/preferences.js", dashboard_preferences_js),
    ASSET("Dashboard/push.js", dashboard_push_js),
    ASSET("Dashboard/records.js", dashboard_records_js),
    ASSET("Dashboard/rows.js", dashboard_rows_js),
    ASSET("Dashboard/service-worker.js", dashboard_service_worker_js),
    ASSET("Dashboard/settings-browsers.js", dashboard_settings_browsers_js),
    ASSET("Dashboard/settings-channels.js", dashboard_settings_channels_js),
    ASSET("Dashboard/settings-keys.js", dashboard_settings_keys_js),
    ASSET("Dashboard/settings-notifications.js", dashboard_settings_notifications_js),
    ASSET("Dashboard/settings-plugins.js", dashboard_settings_plugins_js),
    ASSET("Dashboard/settings-users.js", dashboard_settings_users_js),
    ASSET("Dashboard/settings.js", dashboard_settings_js),
    ASSET("Dashboard/shapes.css", dashboard_shapes_css),
    ASSET("Dashboard/shapes.js", dashboard_shapes_js),
    ASSET("Dashboard/shares.js", dashboard_shares_js),
    ASSET("Dashboard/sign.js", dashboard_sign_js),
    ASSET("Dashboard/steps.js", dashboard_steps_js),
    ASSET("Dashboard/storage.js", dashboard_storage_js),
    ASSET("Dashboard/store.js", dashboard_store_js),
    ASSET("Dashboard/table.js", dashboard_table_js),
    ASSET("Dashboard/test-report.js", dashboard_test_report_js),
    ASSET("Dashboard/theme.js", dashboard_theme_js),
    ASSET("Dashboard/thread.js", dashboard_thread_js),
    ASSET("Dashboard/trail.js", dashboard_trail_js),
    ASSET("Dashboard/tree-finder.js", dashboard_tree_finder_js),
    ASSET("Dashboard/tree-folds.js", dashboard_tree_folds_js),
    ASSET("Dashboard/tree.js", dashboard_tree_js),
    ASSET("Dashboard/upload.js", dashboard_upload_js),
    ASSET("Dashboard/versions.js", dashboard_versions_js),
    ASSET("Dashboard/view-archive.js", dashboard_view_archive_js),
    ASSET("Dashboard/view-compare.js", dashboard_view_compare_js),
    ASSET("Dashboard/view-diff.js", dashboard_view_diff_js),
    ASSET("Dashboard/view-image.js", dashboard_view_image_js),
    ASSET("Dashboard/view-json.js", dashboard_view_json_js),
    ASSET("Dashboard/view-log.js", dashboard_view_log_js),
    ASSET("Dashboard/view-media.js", dashboard_view_media_js),
    ASSET("Dashboard/view-ndjson.js", dashboard_view_ndjson_js),
    ASSET("Dashboard/view-page.js", dashboard_view_page_js),
    ASSET("Dashboard/view-patch.js", dashboard_view_patch_js),
    ASSET("Dashboard/view-plugin.js", dashboard_view_plugin_js),
    ASSET("Dashboard/view-report.js", dashboard_view_report_js),
    ASSET("Dashboard/view-source.js", dashboard_view_source_js),
    ASSET("Dashboard/view-table.js", dashboard_view_table_js),
    ASSET("Dashboard/view-text.js", dashboard_view_text_js),
    ASSET("Dashboard/viewers.js", dashboard_viewers_js),
    ASSET("Dashboard/views.css", dashboard_views_css),
    ASSET("Dashboard/visible.js", dashboard_visible_js),
    ASSET("Dashboard/words.js", dashboard_words_js),
    ASSET("MCP/tools.json", mcp_tools_json),
    ASSET("OpenAPI/account-schemas.json", openapi_account_schemas),
    ASSET("OpenAPI/accounts.json", openapi_accounts),
    ASSET("OpenAPI/admin.json", openapi_admin),
    ASSET("OpenAPI/agent-schemas.json", openapi_agent_schemas),
    ASSET("OpenAPI/agents.json", openapi_agents),
    ASSET("OpenAPI/archives.json", openapi_archives),
    ASSET("OpenAPI/audit.json", openapi_audit),
    ASSET("OpenAPI/avatars.json", openapi_avatars),
    ASSET("OpenAPI/conventions.json", openapi_conventions),
    ASSET("OpenAPI/conversations.json", openapi_conversations),
    ASSET("OpenAPI/downloads.json", openapi_downloads),
    ASSET("OpenAPI/entries.json", openapi_entries),
    ASSET("OpenAPI/errors.json", openapi_errors),
    ASSET("OpenAPI/events.json", openapi_events),
    ASSET("OpenAPI/file-schemas.json", openapi_file_schemas),
    ASSET("OpenAPI/files.json", openapi_files),
    ASSET("OpenAPI/lines.json", openapi_lines),
    ASSET("OpenAPI/markdown.json", openapi_markdown),
    ASSET("OpenAPI/message-schemas.json", openapi_message_schemas),
    ASSET("OpenAPI/messages.json", openapi_messages),
    ASSET("OpenAPI/notifications.json", openapi_notifications),
    ASSET("OpenAPI/plugins.json", openapi_plugins),
    ASSET("OpenAPI/preferences.json", openapi_preferences),
    ASSET("OpenAPI/raw-uploads.json", openapi_raw_uploads),
    ASSET("OpenAPI/resumable-uploads.json", openapi_resumable_uploads),
    ASSET("OpenAPI/review-schemas.json", openapi_review_schemas),
    ASSET("OpenAPI/reviews.json", openapi_reviews),
    ASSET("OpenAPI/sign-in.json", openapi_sign_in),
    ASSET("OpenAPI/status.json", openapi_status),
    ASSET("OpenAPI/streams.json", openapi_streams),
    ASSET("OpenAPI/user-agents.json", openapi_user_agents),
    ASSET("OpenAPI/user-files.json", openapi_user_files),
    ASSET("OpenAPI/user-plugins.json", openapi_user_plugins),
    ASSET("OpenAPI/webhooks.json", openapi_webhooks),
    ASSET("Plugins/checklist/icon.svg", plugins_checklist_icon_svg),
    ASSET("Plugins/checklist/plugin.json", plugins_checklist_plugin_json),
    ASSET("Plugins/checklist/render.html", plugins_checklist_render_html),
    ASSET("Plugins/diff-view/icon.svg", plugins_diff_view_icon_svg),
    ASSET("Plugins/diff-view/plugin.json", plugins_diff_view_plugin_json),
    ASSET("Plugins/diff-view/render.html", plugins_diff_view_render_html),
    ASSET("Reference/page.css", reference_page_css),
};

size_t placet_asset_total(void) { return sizeof assets / sizeof assets[0]; }

struct Asset placet_asset(const char *name) {
    for (size_t number = 0; number < placet_asset_total(); number++) {
        if (strcmp(assets[number].name, name) == 0) return assets[number];
    }
    __builtin_trap();
}

struct Asset placet_asset_number(size_t number) { return assets[number]; }
