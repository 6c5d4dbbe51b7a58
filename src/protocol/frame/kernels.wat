;; Unmasking, sixty-four bytes a step. The memory: one page of 64 KiB that bytes are taken through, one for whoever reads.
(module
  (memory (export "memory") 2 2)
  ;; XORs the bytes from `at` up to, not including, `end` with the four bytes of `key`, lowest byte first. Touches no others.
  (func (export "unmask") (param $at i32) (param $end i32) (param $key i32)
    (local $wide v128)
    (local.set $wide (i32x4.splat (local.get $key)))
    (block $fewer
      (loop $next
        (br_if $fewer (i32.gt_u (i32.add (local.get $at) (i32.const 64)) (local.get $end)))
        (v128.store (local.get $at)
          (v128.xor (v128.load (local.get $at)) (local.get $wide)))
        (v128.store offset=16 (local.get $at)
          (v128.xor (v128.load offset=16 (local.get $at)) (local.get $wide)))
        (v128.store offset=32 (local.get $at)
          (v128.xor (v128.load offset=32 (local.get $at)) (local.get $wide)))
        (v128.store offset=48 (local.get $at)
          (v128.xor (v128.load offset=48 (local.get $at)) (local.get $wide)))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $next)))
    (block $few
      (loop $next
        (br_if $few (i32.gt_u (i32.add (local.get $at) (i32.const 4)) (local.get $end)))
        (i32.store (local.get $at) (i32.xor (i32.load (local.get $at)) (local.get $key)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $next)))
    (block $none
      (loop $next
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (i32.store8 (local.get $at)
          (i32.xor (i32.load8_u (local.get $at)) (local.get $key)))
        (local.set $key (i32.shr_u (local.get $key) (i32.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))))
