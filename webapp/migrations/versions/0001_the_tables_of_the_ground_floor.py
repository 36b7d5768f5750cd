"""The tables of the ground floor."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("journal", "journal_block", "move", "entry_conflict")


def upgrade() -> None:
    op.create_table(
        "item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("unit_zh", sa.String(length=10), nullable=False),
        sa.Column("unit_en", sa.String(length=20), nullable=False),
        sa.Column("scale", sa.BigInteger(), nullable=False),
        sa.Column("customary_zh", sa.String(length=10), nullable=True),
        sa.Column("customary_en", sa.String(length=30), nullable=True),
        sa.Column("customary_factor", sa.BigInteger(), nullable=True),
        sa.Column("has_expiry", sa.Boolean(), nullable=False),
        sa.Column("low_level", sa.BigInteger(), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("customary_factor > 1", name=op.f("ck_item_customary_factor")),
        sa.CheckConstraint("low_level >= 0", name=op.f("ck_item_low_level")),
        sa.CheckConstraint("scale > 0", name=op.f("ck_item_scale")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("code", name=op.f("uq_item_code")),
    )
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("said", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "journal_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_block")),
        sa.UniqueConstraint("previous", name=op.f("uq_journal_block_previous")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_subject_at", ["subject", "at"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_unit_leader_id"), use_alter=True),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["person.id"], name=op.f("fk_unit_responsible_id"), use_alter=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_path"), ["path"], unique=False)

    op.create_table(
        "item_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("name_en", sa.String(length=30), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_item_pack_quantity")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_pack_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_pack")),
        sa.UniqueConstraint("item_id", "name", name=op.f("uq_item_pack_item_id_name")),
    )
    with op.batch_alter_table("item_pack", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_pack_item_id"), ["item_id"], unique=False)

    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["block_id"], ["journal_block.id"], name=op.f("fk_journal_block_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_block_id"), ["block_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_lot_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_lot_item_id_number")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index("ix_lot_expires_on", ["expires_on"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_blind", sa.String(length=64), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_phone_blind"), ["phone_blind"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("latitude", sa.BigInteger(), nullable=True),
        sa.Column("longitude", sa.BigInteger(), nullable=True),
        sa.Column("beds", sa.Integer(), nullable=True),
        sa.Column("institution", sa.String(length=40), nullable=True),
        sa.Column("discharge_route", sa.String(length=40), nullable=True),
        sa.Column("disinfectant", sa.String(length=40), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("beds >= 0", name=op.f("ck_place_beds")),
        sa.ForeignKeyConstraint(["parent_id"], ["place.id"], name=op.f("fk_place_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_place_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index("ix_place_kind_code", ["kind", "code"], unique=False)
        batch_op.create_index("ix_place_unit", ["unit_id"], unique=False)

    op.create_table(
        "balance",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_balance_on_hand")),
        sa.CheckConstraint("reserved >= 0 AND reserved <= on_hand", name=op.f("ck_balance_reserved")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_balance_item_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_balance_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_balance_place_id")),
        sa.PrimaryKeyConstraint("item_id", "lot_id", "place_id", name=op.f("pk_balance")),
    )
    with op.batch_alter_table("balance", schema=None) as batch_op:
        batch_op.create_index("ix_balance_place", ["place_id"], unique=False)

    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("disease_zh", sa.String(length=100), nullable=False),
        sa.Column("disease_en", sa.String(length=100), nullable=False),
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("fever_celsius", sa.BigInteger(), nullable=False),
        sa.Column("fever_comparison", sa.String(length=40), nullable=False),
        sa.Column("observation_days", sa.Integer(), nullable=False),
        sa.Column("risk_areas", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_district_only_one")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_district_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
    )
    op.create_table(
        "entry",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=True),
        sa.Column("captured_at", sa.DateTime(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_entry_author_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_entry")),
        sa.UniqueConstraint("uuid", name=op.f("uq_entry_uuid")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_received_at"), ["received_at"], unique=False)

    op.create_table(
        "item_barcode",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_barcode_item_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["item_pack.id"], name=op.f("fk_item_barcode_pack_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_item_barcode")),
    )
    with op.batch_alter_table("item_barcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_barcode_item_id"), ["item_id"], unique=False)

    op.create_table(
        "person_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_grant_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_person_grant_place_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_grant_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_grant")),
        sa.UniqueConstraint(
            "person_id", "role", "unit_id", "place_id", name=op.f("uq_person_grant_person_id_role_unit_id_place_id")
        ),
    )
    with op.batch_alter_table("person_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_grant_person_id"), ["person_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("passed_totp", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_digest")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "stock_slip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("counterparty", sa.String(length=120), nullable=True),
        sa.Column("document", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["place.id"], name=op.f("fk_stock_slip_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stock_slip_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_stock_slip_place_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["stock_slip.id"], name=op.f("fk_stock_slip_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_slip")),
        sa.UniqueConstraint("number", name=op.f("uq_stock_slip_number")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_stock_slip_reverses_id")),
    )
    with op.batch_alter_table("stock_slip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_slip_occurred_at"), ["occurred_at"], unique=False)
        batch_op.create_index("ix_stock_slip_place", ["place_id", "occurred_at"], unique=False)

    op.create_table(
        "entry_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_entry_conflict_author_id")),
        sa.ForeignKeyConstraint(["uuid"], ["entry.uuid"], name=op.f("fk_entry_conflict_uuid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_conflict")),
    )
    with op.batch_alter_table("entry_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_conflict_uuid"), ["uuid"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("checklist_code", sa.String(length=40), nullable=False),
        sa.Column("checklist_version", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Uuid(), nullable=False),
        sa.Column("inspected_at", sa.DateTime(), nullable=False),
        sa.Column("witness", sa.String(length=80), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["entry.uuid"], name=op.f("fk_inspection_id")),
        sa.ForeignKeyConstraint(["inspector_id"], ["person.id"], name=op.f("fk_inspection_inspector_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_inspection_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index("ix_inspection_at_id", ["inspected_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_inspector_id"), ["inspector_id"], unique=False)
        batch_op.create_index("ix_inspection_place_at", ["place_id", "inspected_at"], unique=False)

    op.create_table(
        "move",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slip_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("reverses", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_move_ends")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_move_quantity")),
        sa.ForeignKeyConstraint(["from_id"], ["place.id"], name=op.f("fk_move_from_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_move_item_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_move_lot_id")),
        sa.ForeignKeyConstraint(["reverses"], ["move.seq"], name=op.f("fk_move_reverses")),
        sa.ForeignKeyConstraint(["slip_id"], ["stock_slip.id"], name=op.f("fk_move_slip_id")),
        sa.ForeignKeyConstraint(["to_id"], ["place.id"], name=op.f("fk_move_to_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_move")),
        sa.UniqueConstraint("reverses", name=op.f("uq_move_reverses")),
        sa.UniqueConstraint("slip_id", "line_no", name=op.f("uq_move_slip_id_line_no")),
    )
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.create_index("ix_move_item", ["item_id", "occurred_at"], unique=False)
        batch_op.create_index("ix_move_occurred", ["occurred_at"], unique=False)

    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_uuid", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_uuid"], ["entry.uuid"], name=op.f("fk_photo_entry_uuid")),
        sa.ForeignKeyConstraint(["kept_by"], ["person.id"], name=op.f("fk_photo_kept_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("key", name=op.f("uq_photo_key")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_entry_uuid"), ["entry_uuid"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_blind", sa.String(length=64), nullable=True),
        sa.Column("id_type", sa.String(length=40), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("id_blind", sa.String(length=64), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_blind", sa.String(length=64), nullable=True),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("plate_blind", sa.String(length=64), nullable=True),
        sa.Column("identity_blind", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=100), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.Column("celsius", sa.BigInteger(), nullable=True),
        sa.Column("proposed", sa.String(length=40), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("override_reason", sa.String(length=200), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("left_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("left_at IS NULL OR decision = 'pass'", name=op.f("ck_visit_left")),
        sa.CheckConstraint("companions >= 0", name=op.f("ck_visit_companions")),
        sa.ForeignKeyConstraint(["id"], ["entry.uuid"], name=op.f("fk_visit_id")),
        sa.ForeignKeyConstraint(["left_by"], ["person.id"], name=op.f("fk_visit_left_by")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_visit_place_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_visit_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_entered", ["entered_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_id_blind"), ["id_blind"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_name_blind"), ["name_blind"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_phone_blind"), ["phone_blind"], unique=False)
        batch_op.create_index("ix_visit_place_entered", ["place_id", "entered_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_plate_blind"), ["plate_blind"], unique=False)
        batch_op.create_index(
            "uq_visit_inside_identity",
            ["place_id", "identity_blind"],
            unique=True,
            sqlite_where=sa.text("left_at IS NULL AND decision = 'pass'"),
            postgresql_where=sa.text("left_at IS NULL AND decision = 'pass'"),
        )

    op.create_table(
        "inspection_answer",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_answer_inspection_id")),
        sa.PrimaryKeyConstraint("inspection_id", "item", name=op.f("pk_inspection_answer")),
    )
    op.create_table(
        "inspection_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("checklist_code", sa.String(length=40), nullable=False),
        sa.Column("checklist_version", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_finding_inspection_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_inspection_finding_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_finding")),
    )
    with op.batch_alter_table("inspection_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_finding_inspection_id"), ["inspection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_finding_place_id"), ["place_id"], unique=False)
        batch_op.create_index("ix_inspection_finding_state_due", ["state", "due_at", "id"], unique=False)

    op.create_table(
        "inspection_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("parameter", sa.String(length=60), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("typed", sa.String(length=24), nullable=False),
        sa.Column("below_detection", sa.Boolean(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("point", sa.String(length=40), nullable=True),
        sa.Column("quantity", sa.String(length=20), nullable=True),
        sa.Column("indicative", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("limit", sa.Text(), nullable=True),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_reading_inspection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_reading")),
    )
    with op.batch_alter_table("inspection_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_reading_inspection_id"), ["inspection_id"], unique=False)
        batch_op.create_index("ix_inspection_reading_parameter", ["parameter", "point"], unique=False)

    if op.get_bind().dialect.name == "postgresql":  # tables that name each other: only once both are there
        for column in ("leader_id", "responsible_id"):
            op.create_foreign_key(f"fk_unit_{column}", "unit", "person", [column], ["id"])
    for table in APPEND_ONLY:
        for statement in _guards(table):
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the first tables have nothing before them")


def _guards(table: str) -> list[str]:
    """Triggers that refuse to change or delete rows, whoever asks. A journal row may be put into its block once."""
    kept = sa.inspect(op.get_bind()).get_columns(table)
    columns = ", ".join(column["name"] for column in kept if column["name"] != "block_id")
    has_block = len(columns.split(", ")) < len(kept)
    if op.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        made = [
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table} {refuse}",
        ]
        once = (
            f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OF block_id ON {table} WHEN OLD.block_id IS NOT NULL {refuse}"
        )
        return [*made, once] if has_block else made
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
    )
    run = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    made = [
        function,
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {run}",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table} {run}",
    ]
    once = (
        f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OF block_id ON {table} "
        "FOR EACH ROW WHEN (OLD.block_id IS NOT NULL) EXECUTE FUNCTION refuse_change()"
    )
    return [*made, once] if has_block else made
